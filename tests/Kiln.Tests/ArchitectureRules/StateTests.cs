// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace Kiln.Tests.ArchitectureRules;

/// <summary>The house rule of no mutable statics, held against the compiled projects.</summary>
public sealed class StateTests
{
    private const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    [Fact]
    public void No_static_field_can_be_assigned_after_its_type_is_there()
    {
        IEnumerable<FieldInfo> fields = Checkout.Product
            .Select(project => Assembly.Load(project.Name == "Kiln.Cli" ? "kiln" : project.Name))
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)) && type.Namespace?.StartsWith("Kiln.", StringComparison.Ordinal) == true)
            .SelectMany(type => type.GetFields(Statics));

        Assert.DoesNotContain(fields, field => !field.IsInitOnly && !field.IsLiteral && !IsGenerated(field));
    }

    /// <summary>Source generators keep caches of their own.</summary>
    private static bool IsGenerated(FieldInfo field) =>
        field.IsDefined(typeof(CompilerGeneratedAttribute)) && !field.Name.Contains("k__BackingField", StringComparison.Ordinal);
}

// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.Reflection;
using System.Text;

namespace Kiln.Tests.Cli;

/// <summary>All that objects of Kiln's hold, as text: two that print alike do alike.</summary>
internal static class Dump
{
    private const int Deepest = 8;

    public static string Of(params object?[] values)
    {
        var text = new StringBuilder();
        Append(text, values, 0, new HashSet<object>(ReferenceEqualityComparer.Instance));
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value, int depth, HashSet<object> above)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                return;
            case string or TimeSpan or Uri or Enum:
                text.Append('"').Append(value).Append('"');
                return;
            // Clocks, functions and tasks are the same for all command lines.
            case Delegate or TimeProvider or Task or CancellationToken or ReadOnlyMemory<byte> or Encoding:
                return;
            case IEnumerable several when value.GetType().Name != "ImmutableArray`1" || !(bool)value.GetType().GetProperty("IsDefault")!.GetValue(value)!:
                text.Append('[');
                foreach (object? one in several)
                    Append(text, one, depth, above);
                text.Append(']');
                return;
        }
        Type type = value.GetType();
        bool isKilns = type.Namespace?.StartsWith("Kiln.", StringComparison.Ordinal) == true || type.IsGenericType;
        if (type.IsPrimitive || !isKilns || depth > Deepest || (!type.IsValueType && !above.Add(value)))
        {
            text.Append(type.IsPrimitive ? value : type.Name).Append(' ');
            return;
        }
        text.Append(type.Name).Append('{');
        for (Type? at = type; at is not null && at != typeof(object); at = at.BaseType)
            foreach (FieldInfo field in at.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                text.Append(field.Name).Append('=');
                Append(text, field.GetValue(value), depth + 1, above);
            }
        text.Append('}');
        above.Remove(value);
    }
}

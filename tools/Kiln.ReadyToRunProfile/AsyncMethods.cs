// SPDX-License-Identifier: Apache-2.0
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Kiln.ReadyToRunProfile;

/// <summary>
/// The async methods of an assembly, and of each what runs when it has to wait. An async method that returns a `Task&lt;T&gt;` of a reference type lives on in an
/// `AsyncTaskMethodBuilder&lt;T&gt;.AsyncStateMachineBox&lt;TStateMachine&gt;`, which shared code makes by a lookup at run time: crossgen2 does not see it, and all its methods were
/// compiled at run time, for every async method anew.
/// </summary>
internal static class AsyncMethods
{
    private const string CoreLibrary = "System.Private.CoreLib";
    private const string Services = "System.Runtime.CompilerServices";

    private static readonly TypeName Box = new(CoreLibrary, "", "AsyncStateMachineBox`1", new TypeName(CoreLibrary, Services, "AsyncTaskMethodBuilder`1", null));
    private static readonly TypeName Context = new(CoreLibrary, "System.Threading", "ExecutionContext", null);
    private static readonly TypeName Thread = new(CoreLibrary, "System.Threading", "Thread", null);

    internal static void AddAll(string path, ProfileWriter writer)
    {
        using var file = new PEReader(File.OpenRead(path));
        MetadataReader reader = file.GetMetadataReader();
        var shapes = new ShapeProvider(reader.GetString(reader.GetAssemblyDefinition().Name));
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            TypeDefinition type = reader.GetTypeDefinition(handle);
            if (ResultOf(reader, type, shapes) is not { } result)
                continue;
            var name = new TypeShape.Named(shapes.NameOf(reader, handle), IsValueType: true);
            int parameters = type.GetGenericParameters().Count;
            Add(writer, result, parameters == 0 ? name : new TypeShape.Generic(name, [.. Enumerable.Repeat(ShapeProvider.Canonical, parameters)]));
        }
    }

    /// <summary>What an async method gives, of the state machine that the compiler made of it; null where the type is something else, or the method gives nothing.</summary>
    private static TypeShape? ResultOf(MetadataReader reader, TypeDefinition type, ShapeProvider shapes)
    {
        foreach (FieldDefinitionHandle handle in type.GetFields())
        {
            FieldDefinition field = reader.GetFieldDefinition(handle);
            if (!reader.StringComparer.Equals(field.Name, "<>t__builder"))
                continue;
            return field.DecodeSignature(shapes, null) is TypeShape.Generic { Definition.TypeName: { Namespace: Services, Name: "AsyncTaskMethodBuilder`1" or "AsyncValueTaskMethodBuilder`1" } } builder
                ? builder.Arguments[0]
                : null;
        }
        return null;
    }

    private static void Add(ProfileWriter writer, TypeShape result, TypeShape machine)
    {
        var box = new TypeShape.Generic(new TypeShape.Named(Box, IsValueType: false), [result, machine]);
        writer.Add(box, ".cctor", isStatic: true);
        writer.Add(box, "MoveNext", isStatic: false);
        writer.Add(box, "MoveNext", isStatic: false, one => one.Type(writer.Reference(Thread), isValueType: false));
        writer.Add(box, "ExecuteFromThreadPool", isStatic: false, one => one.Type(writer.Reference(Thread), isValueType: false));
        writer.Add(box, "ExecutionContextCallback", isStatic: true, one => one.Object());
        writer.Add(box, "ClearStateUponCompletion", isStatic: false);
        writer.Add(box, "get_Context", isStatic: false, returns: one => one.Type(isByRef: true).Type(writer.Reference(Context), isValueType: false));
    }
}

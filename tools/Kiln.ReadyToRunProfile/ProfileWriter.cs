// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Kiln.ReadyToRunProfile;

/// <summary>
/// Writes a list of methods in the form that crossgen2 reads by its `--mibc` (MIBC: an assembly whose global method `AssemblyDictionary` names, for every set of
/// assemblies, a method in which `ldtoken METHOD; pop` stands for each method of the list). crossgen2 compiles these methods though it sees nobody call them.
/// </summary>
internal sealed class ProfileWriter
{
    private readonly MetadataBuilder _metadata = new();
    private readonly MethodBodyStreamEncoder _bodies = new(new BlobBuilder());
    private readonly Dictionary<string, AssemblyReferenceHandle> _assemblies = new(StringComparer.Ordinal);
    private readonly Dictionary<TypeName, TypeReferenceHandle> _types = [];
    private readonly SortedDictionary<string, InstructionEncoder> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);

    /// <summary>A method of an instance of a generic type.</summary>
    /// <param name="owner">The type.</param>
    /// <param name="method">The method's name.</param>
    /// <param name="isStatic">Whether it has no `this`.</param>
    /// <param name="parameter">The type of its one parameter; null for none.</param>
    /// <param name="returns">What it returns; null for nothing.</param>
    internal void Add(TypeShape owner, string method, bool isStatic, Action<SignatureTypeEncoder>? parameter = null, Action<ReturnTypeEncoder>? returns = null)
    {
        var type = new BlobBuilder();
        owner.Write(new BlobEncoder(type).TypeSpecificationSignature(), this);
        var signature = new BlobBuilder();
        new BlobEncoder(signature).MethodSignature(isInstanceMethod: !isStatic).Parameters(parameter is null ? 0 : 1, returns ?? (nothing => nothing.Void()), all => parameter?.Invoke(all.AddParameter().Type()));
        MemberReferenceHandle member = _metadata.AddMemberReference(
            _metadata.AddTypeSpecification(_metadata.GetOrAddBlob(type)), _metadata.GetOrAddString(method), _metadata.GetOrAddBlob(signature));

        _named.Clear();
        owner.CollectAssemblies(_named);
        string group = $"{owner.Name.Assembly};{string.Concat(_named.Where(name => name != owner.Name.Assembly).Order(StringComparer.Ordinal).Select(name => name + ";"))}";
        if (!_groups.TryGetValue(group, out InstructionEncoder il))
            _groups.Add(group, il = new InstructionEncoder(new BlobBuilder()));
        il.OpCode(ILOpCode.Ldtoken);
        il.Token(member);
        il.OpCode(ILOpCode.Pop);
    }

    internal TypeReferenceHandle Reference(TypeName name)
    {
        if (_types.TryGetValue(name, out TypeReferenceHandle known))
            return known;
        EntityHandle scope = name.Outer is { } outer ? Reference(outer) : Assembly(name.Assembly);
        return _types[name] = _metadata.AddTypeReference(scope, _metadata.GetOrAddString(name.Namespace), _metadata.GetOrAddString(name.Name));
    }

    internal void Save(string path)
    {
        _metadata.AddModule(0, _metadata.GetOrAddString("profile"), _metadata.GetOrAddGuid(Guid.Empty), default, default);
        _metadata.AddAssembly(_metadata.GetOrAddString("profile"), new Version(1, 0), default, default, default, AssemblyHashAlgorithm.None);
        _metadata.AddTypeDefinition(default, default, _metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));

        var dictionary = new InstructionEncoder(new BlobBuilder());
        int number = 0;
        foreach ((string assemblies, InstructionEncoder group) in _groups)
        {
            dictionary.LoadString(_metadata.GetOrAddUserString(assemblies));
            dictionary.OpCode(ILOpCode.Ldtoken);
            dictionary.Token(Method($"Group{++number}", group));
            dictionary.OpCode(ILOpCode.Pop);
        }
        Method("AssemblyDictionary", dictionary);

        var image = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(_metadata), _bodies.Builder, deterministicIdProvider: _ => new BlobContentId(Guid.Empty, 0x4b696c6e)).Serialize(image);
        using FileStream file = File.Create(path);
        image.WriteContentTo(file);
    }

    private MethodDefinitionHandle Method(string name, InstructionEncoder il)
    {
        il.OpCode(ILOpCode.Ret);
        var signature = new BlobBuilder();
        new BlobEncoder(signature).MethodSignature().Parameters(0, returns => returns.Void(), _ => { });
        return _metadata.AddMethodDefinition(MethodAttributes.Static | MethodAttributes.Public, MethodImplAttributes.IL, _metadata.GetOrAddString(name), _metadata.GetOrAddBlob(signature),
            _bodies.AddMethodBody(il), MetadataTokens.ParameterHandle(1));
    }

    private AssemblyReferenceHandle Assembly(string name) =>
        _assemblies.TryGetValue(name, out AssemblyReferenceHandle known)
            ? known
            : _assemblies[name] = _metadata.AddAssemblyReference(_metadata.GetOrAddString(name), new Version(0, 0), default, default, default, default);
}

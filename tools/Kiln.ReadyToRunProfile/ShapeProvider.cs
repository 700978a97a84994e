// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Kiln.ReadyToRunProfile;

/// <summary>Reads the signatures of one assembly. What no field of an async method's builder has is not known: the method is left to the runtime's compiler.</summary>
internal sealed class ShapeProvider(string assembly) : ISignatureTypeProvider<TypeShape, object?>
{
    /// <summary>What every reference type is for shared generic code.</summary>
    internal static readonly TypeShape Canonical = new TypeShape.Named(new TypeName("System.Private.CoreLib", "System", "__Canon", null), IsValueType: false);

    public TypeShape GetPrimitiveType(PrimitiveTypeCode typeCode) => new TypeShape.Primitive(typeCode);

    public TypeShape GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => new TypeShape.Named(NameOf(reader, handle), rawTypeKind == 0x11);

    public TypeShape GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => new TypeShape.Named(NameOf(reader, handle), rawTypeKind == 0x11);

    public TypeShape GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public TypeShape GetGenericInstantiation(TypeShape genericType, ImmutableArray<TypeShape> typeArguments) => new TypeShape.Generic((TypeShape.Named)genericType, typeArguments);

    public TypeShape GetSZArrayType(TypeShape elementType) => new TypeShape.Array(elementType);

    /// <summary>A generic async method is compiled for reference types alone.</summary>
    public TypeShape GetGenericTypeParameter(object? genericContext, int index) => Canonical;

    public TypeShape GetGenericMethodParameter(object? genericContext, int index) => Canonical;

    public TypeShape GetArrayType(TypeShape elementType, ArrayShape shape) => throw new NotSupportedException();

    public TypeShape GetByReferenceType(TypeShape elementType) => throw new NotSupportedException();

    public TypeShape GetPointerType(TypeShape elementType) => throw new NotSupportedException();

    public TypeShape GetPinnedType(TypeShape elementType) => throw new NotSupportedException();

    public TypeShape GetFunctionPointerType(MethodSignature<TypeShape> signature) => throw new NotSupportedException();

    public TypeShape GetModifiedType(TypeShape modifier, TypeShape unmodifiedType, bool isRequired) => unmodifiedType;

    internal TypeName NameOf(MetadataReader reader, TypeDefinitionHandle handle)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        TypeDefinitionHandle outer = type.GetDeclaringType();
        return new TypeName(assembly, reader.GetString(type.Namespace), reader.GetString(type.Name), outer.IsNil ? null : NameOf(reader, outer));
    }

    private static TypeName NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        TypeReference type = reader.GetTypeReference(handle);
        (string scope, TypeName? outer) = type.ResolutionScope.Kind switch
        {
            HandleKind.AssemblyReference => (reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name), (TypeName?)null),
            HandleKind.TypeReference => ("", NameOf(reader, (TypeReferenceHandle)type.ResolutionScope)),
            _ => throw new NotSupportedException(),
        };
        return new TypeName(outer?.Assembly ?? scope, reader.GetString(type.Namespace), reader.GetString(type.Name), outer);
    }
}

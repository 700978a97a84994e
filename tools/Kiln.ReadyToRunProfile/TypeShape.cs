// SPDX-License-Identifier: Apache-2.0
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Kiln.ReadyToRunProfile;

/// <summary>A type as a signature has it: a name, or a name with arguments, an array or a primitive.</summary>
internal abstract record TypeShape
{
    internal virtual TypeName Name => throw new NotSupportedException("a type without a name owns no method");

    internal abstract void Write(SignatureTypeEncoder encoder, ProfileWriter writer);

    internal abstract void CollectAssemblies(HashSet<string> assemblies);

    internal sealed record Primitive(PrimitiveTypeCode Code) : TypeShape
    {
        internal override void Write(SignatureTypeEncoder encoder, ProfileWriter writer) => encoder.Builder.WriteByte((byte)Code);

        internal override void CollectAssemblies(HashSet<string> assemblies)
        {
        }
    }

    internal sealed record Array(TypeShape Element) : TypeShape
    {
        internal override void Write(SignatureTypeEncoder encoder, ProfileWriter writer) => Element.Write(encoder.SZArray(), writer);

        internal override void CollectAssemblies(HashSet<string> assemblies) => Element.CollectAssemblies(assemblies);
    }

    internal sealed record Named(TypeName TypeName, bool IsValueType) : TypeShape
    {
        internal override TypeName Name => TypeName;

        internal override void Write(SignatureTypeEncoder encoder, ProfileWriter writer) => encoder.Type(writer.Reference(TypeName), IsValueType);

        internal override void CollectAssemblies(HashSet<string> assemblies) => assemblies.Add(TypeName.Assembly);
    }

    internal sealed record Generic(Named Definition, IReadOnlyList<TypeShape> Arguments) : TypeShape
    {
        internal override TypeName Name => Definition.TypeName;

        internal override void Write(SignatureTypeEncoder encoder, ProfileWriter writer)
        {
            GenericTypeArgumentsEncoder arguments = encoder.GenericInstantiation(writer.Reference(Definition.TypeName), Arguments.Count, Definition.IsValueType);
            foreach (TypeShape argument in Arguments)
                argument.Write(arguments.AddArgument(), writer);
        }

        internal override void CollectAssemblies(HashSet<string> assemblies)
        {
            Definition.CollectAssemblies(assemblies);
            foreach (TypeShape argument in Arguments)
                argument.CollectAssemblies(assemblies);
        }
    }
}

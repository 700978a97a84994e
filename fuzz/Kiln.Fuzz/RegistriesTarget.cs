// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry.Hosts;

namespace Kiln.Fuzz;

/// <summary>`registries.conf`, and the rule that it has for an image.</summary>
internal sealed class RegistriesTarget : IFuzzTarget
{
    private static readonly ImageReference Image = ImageReference.Parse("a.io/b/c:1");

    public string Name => "registries";

    public IReadOnlyList<byte[]> Pieces { get; } = Inputs.Of(
        "\n", "\n", "[[registry]]", "[[registry.mirror]]", "[aliases]", "[", "]", "[[", "]]", "{", "}", ",", "=", ".", "#", "\"", "'", "\"\"\"", "\\", "\\u0041", "\\U0010FFFF", "\\uD800",
        "prefix", "location", "mirror", "insecure", "blocked", "pull-from-mirror", "unqualified-search-registries", "true", "false", "1", "-1_0", "1.5", "\"a.io\"", "\"*.io\"", "'a.io/b'",
        " ", "\t", "\r\n", "\0", "\u00FC", "\uFEFF");

    public IReadOnlyList<byte[]> Samples { get; } = Inputs.Of(
        "unqualified-search-registries = [\"a.io\"]\n[[registry]]\nprefix = \"a.io/b\"\nlocation = \"c.io\"\n[[registry.mirror]]\nlocation = \"m.io\"\ninsecure = true\n",
        "registry = [ { location = \"a.io\", mirror = [ { location = 'm.io' } ] } ]\n[aliases]\n\"x/y\" = \"z.io/y\"\n");

    public void Read(byte[] input)
    {
        try
        {
            RegistriesConf conf = RegistriesConf.Parse("registries.conf", Inputs.Text(input));
            _ = RegistryRule.Find(conf.Rules, Image);
        }
        catch (BuildException error)
        {
            FuzzException.Require(error.Diagnostic.Rule == DiagnosticRules.RegistriesConfUnreadable, "another error than the one that is meant");
        }
    }
}

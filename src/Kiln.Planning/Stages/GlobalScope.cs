// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile;
using Kiln.Dockerfile.Expansion;
using Kiln.Dockerfile.Instructions;
using Kiln.Oci;

namespace Kiln.Planning.Stages;

/// <summary>
/// The variables before the first `FROM`: the platforms, which are always there, and the file's own `ARG`. `FROM` sees them all, a
/// stage those that it declares again.
/// </summary>
internal sealed class GlobalScope
{
    private readonly VariableScope _scope = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    internal GlobalScope(DockerfileDocument document, PlanOptions options)
    {
        Platform build = options.BuildPlatform, target = options.TargetPlatform;
        foreach ((string name, string value) in (IEnumerable<(string, string)>)
            [
                ("BUILDPLATFORM", build.ToString()), ("BUILDOS", build.Os), ("BUILDOSVERSION", build.OsVersion ?? ""),
                ("BUILDARCH", build.Architecture), ("BUILDVARIANT", build.Variant ?? ""),
                ("TARGETPLATFORM", target.ToString()), ("TARGETOS", target.Os), ("TARGETOSVERSION", target.OsVersion ?? ""),
                ("TARGETARCH", target.Architecture), ("TARGETVARIANT", target.Variant ?? ""),
                ("TARGETSTAGE", options.Target ?? document.Stages[^1].From.StageName ?? "default"),
            ])
            _scope.Set(name, options.FindBuildArg(name) ?? value);
        _names.UnionWith(_scope.All.Select(variable => variable.Key));

        var expander = new WordExpander(document.Directives.Escape);
        foreach (ArgInstruction instruction in document.GlobalArgs)
        {
            foreach (ArgDeclaration declaration in instruction.Declarations)
            {
                _names.Add(declaration.Name);
                // A default that is not needed is not looked at, so a broken one does no harm.
                string? value = options.FindBuildArg(declaration.Name)
                    ?? (declaration.Default is { } text ? expander.Expand(text, Find, instruction.Origin.SpanOf(text)).Text : null);
                if (value is not null)
                    _scope.Set(declaration.Name, value);
            }
        }
    }

    /// <summary>All that were declared, also those without a value.</summary>
    internal IReadOnlyCollection<string> Names => _names;

    internal string? Find(string name) => _scope.Find(name);
}

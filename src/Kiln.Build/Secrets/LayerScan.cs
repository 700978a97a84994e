// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Sources;
using Kiln.Linux.Files;

namespace Kiln.Build.Secrets;

/// <summary>
/// Looks at what goes into a layer while it is written, and breaks that off where a secret's value comes by: in a name, a link's text, an attribute or a
/// file. What is broken off is not committed, and nothing that streams it has sent its last request.
/// </summary>
internal sealed class LayerScan(SecretPatterns patterns)
{
    /// <summary>For steps without secrets.</summary>
    internal static LayerScan None { get; } = new(SecretPatterns.None);

    internal IEnumerable<DeltaEntry> Watch(IEnumerable<DeltaEntry> entries) => patterns.Values.IsEmpty ? entries : entries.Select(Watch);

    private DeltaEntry Watch(DeltaEntry delta)
    {
        LayerEntry entry = delta.Entry;
        Check(entry.Path.Bytes, "the name of", entry);
        Check(entry.LinkText.AsSpan(), "the target of the link", entry);
        foreach (ExtendedAttribute attribute in entry.Xattrs)
            Check(attribute.Value, $"the attribute `{attribute.Name}` of", entry);
        if (delta.Content is not { } content)
            return delta;
        return delta with { Content = new WatchedSource(content, () => Watcher(entry)) };
    }

    /// <summary>A file is read once from its beginning to its end, so each has a search of its own.</summary>
    private Action<ReadOnlySpan<byte>> Watcher(LayerEntry entry)
    {
        var search = new SecretSearch(patterns.Values);
        return piece =>
        {
            if (search.Look(piece) is { } id)
                throw Found(id, "", entry);
        };
    }

    private void Check(ReadOnlySpan<byte> bytes, string where, LayerEntry entry)
    {
        if (bytes.Length >= SecretPatterns.Shortest && new SecretSearch(patterns.Values).Find(bytes) is { } id)
            throw Found(id, $"{where} ", entry);
    }

    private BuildException Found(string id, string where, LayerEntry entry)
    {
        var path = new StringBuilder();
        var redactor = new SecretRedactor(patterns, bytes => path.Append(Encoding.UTF8.GetString(bytes)));
        redactor.Write(entry.Path.Bytes);
        redactor.Flush();
        return DiagnosticRules.SecretInLayer.Error($"the value of the secret `{id}` is in {where}`/{path}`, which the step would leave in its layer");
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Deltas;

/// <summary>What one step changed: the layer that it makes, before that is written. The last word on a path stands.</summary>
public sealed class LayerDelta
{
    /// <summary>The one attribute that Docker's layers carry.</summary>
    private const string Capability = "security.capability";

    private readonly SortedDictionary<UnixPath, DeltaChange> _changes = [];
    private readonly Dictionary<UnixPath, LayerEntry> _touched = [];

    public bool IsEmpty => _changes.Count == 0;

    /// <summary>Puts or changes a path. Something else in place of a directory that this step made takes all below it away.</summary>
    public void Put(LayerEntry entry, ContentSource? content = null, object? linkGroup = null)
    {
        if (!entry.IsDirectory)
            ForgetDirectory(entry.Path);
        _changes[entry.Path] = new DeltaChange(entry, content, linkGroup);
    }

    /// <summary>Gives a file that this step put one more name; false where it put none.</summary>
    public bool TryPutHardLink(UnixPath path, UnixPath existing)
    {
        if (_changes.GetValueOrDefault(existing) is not { Entry: { IsDirectory: false } entry } change)
            return false;
        if (change.LinkGroup is null)
            _changes[existing] = change = change with { LinkGroup = new object() };
        Put(entry with { Path = path }, change.Content, change.LinkGroup);
        return true;
    }

    public void Remove(UnixPath path)
    {
        ForgetDirectory(path);
        _changes[path] = new DeltaChange(null, null, null);
    }

    /// <summary>Takes changes back, as though the step had not made them. Result: whether there was one.</summary>
    public bool Forget(Func<UnixPath, bool> isForgotten)
    {
        List<UnixPath> forgotten = [.. _changes.Keys.Where(isForgotten)];
        forgotten.ForEach(path => _changes.Remove(path));
        return forgotten.Count > 0;
    }

    /// <summary>How a directory looks that changed in its time alone: it is written so where something below it is written, and only there.</summary>
    public void Touch(LayerEntry directory) => _touched[directory.Path] = directory;

    /// <summary>What this step itself put at a path so far.</summary>
    public LayerEntry? Find(UnixPath path) => _changes.GetValueOrDefault(path)?.Entry;

    /// <summary>
    /// The layer's entries as Docker orders them: a walk with bytewise sorted names, parents first and also where they did not change, the
    /// first name of a file with its content and the others as hard links to it, removals as whiteouts.
    /// </summary>
    /// <param name="below">The stack under the layer, for the parents.</param>
    /// <param name="epoch">What becomes of the times of what the step made; null for nothing.</param>
    public IEnumerable<DeltaEntry> ToEntries(StackView below, EpochRule? epoch)
    {
        var written = new HashSet<UnixPath> { UnixPath.Root };
        var firstNames = new Dictionary<object, UnixPath>();
        foreach ((UnixPath path, DeltaChange change) in _changes)
        {
            if (path.IsRoot)
                continue; // Docker's layers do not have the root itself.
            foreach (LayerEntry parent in MissingParents(path, below, written))
                yield return new DeltaEntry(Finish(parent, _touched.ContainsKey(parent.Path) ? epoch : null), null);
            written.Add(path);
            if (change.Entry is not { } entry)
                yield return new DeltaEntry(new LayerEntry { Path = LayerPath.WhiteoutOf(path), Type = EntryType.File, Mode = 0 }, null);
            else if (change.LinkGroup is null || firstNames.TryAdd(change.LinkGroup, path))
                yield return new DeltaEntry(Finish(entry, epoch), change.Content);
            else
                yield return new DeltaEntry(
                    Finish(entry, epoch) with { Type = EntryType.HardLink, Size = 0, HardLinkTarget = firstNames[change.LinkGroup] }, null);
        }
    }

    private void ForgetDirectory(UnixPath path)
    {
        if (Find(path) is { IsDirectory: true })
            foreach (UnixPath below in _changes.Keys.Where(p => p.IsAtOrBelow(path)).ToList())
                _changes.Remove(below);
    }

    private IEnumerable<LayerEntry> MissingParents(UnixPath path, StackView below, HashSet<UnixPath> written)
    {
        var missing = new Stack<UnixPath>();
        for (UnixPath parent = path.Parent; !written.Contains(parent); parent = parent.Parent)
            missing.Push(parent);
        foreach (UnixPath parent in missing)
        {
            written.Add(parent);
            yield return _touched.TryGetValue(parent, out LayerEntry? now) ? now
                : below.Find(parent) is { IsDirectory: true } node ? node.Entry with { Path = parent }
                : LayerEntry.ImpliedDirectory(parent);
        }
    }

    private static LayerEntry Finish(LayerEntry entry, EpochRule? epoch)
    {
        ImmutableArray<ExtendedAttribute> xattrs = entry.Xattrs;
        if (!xattrs.IsEmpty)
            xattrs = xattrs.RemoveAll(a => a.Name != Capability);
        return entry with { Xattrs = xattrs, ModifiedTime = epoch?.Apply(entry.ModifiedTime) ?? entry.ModifiedTime };
    }
}

// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Linux.Mounts;

/// <summary>
/// The directories of an overlay, open. They are named to the kernel as `/proc/self/fd/N`: short, so that 127 of them fit, without a character that the
/// option syntax takes for its own, and without a word about where they lie.
/// </summary>
public sealed class OverlayLayers : IDisposable
{
    private readonly List<DirectoryHandle> _handles = [];
    private readonly List<string> _lower = [];
    private readonly string _upper;
    private readonly string _work;

    /// <param name="lower">The lowest first.</param>
    /// <param name="upper">What is changed goes here.</param>
    /// <param name="work">The overlay's own, empty, on upper's file system.</param>
    public OverlayLayers(IEnumerable<string> lower, string upper, string work)
    {
        foreach (string directory in lower)
            _lower.Insert(0, Open(directory));
        _upper = Open(upper);
        _work = Open(work);
    }

    /// <summary>
    /// `userxattr` is what an overlay in a user namespace has to have (overlayfs.rst), `volatile` spares the fsyncs of a tree
    /// that is thrown away or packed up at once.
    /// </summary>
    public DetachedMount Mount()
    {
        List<(string, string?)> options = [.. _lower.Select(directory => ("lowerdir+", (string?)directory))];
        return DetachedMount.Create("overlay", MountAttributes.None, [.. options, ("upperdir", _upper), ("workdir", _work), ("userxattr", null), ("volatile", null)]);
    }

    /// <summary>The same for kernels before 6.5, which do not know `lowerdir+` (EINVAL): mount(2) with all in one string, over a directory, of which then a copy is taken.</summary>
    public DetachedMount MountAsBefore(string place)
    {
        string options = $"lowerdir={string.Join(':', _lower)},upperdir={_upper},workdir={_work},userxattr,volatile";
        MountNamespace.Mount("overlay", place, options);
        return DetachedMount.Clone(place);
    }

    public void Dispose()
    {
        foreach (DirectoryHandle handle in _handles)
            handle.Dispose();
    }

    private string Open(string directory)
    {
        var handle = DirectoryHandle.Open(directory);
        _handles.Add(handle);
        return $"/proc/self/fd/{handle.Handle.DangerousGetHandle()}";
    }
}

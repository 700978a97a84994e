// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Mounts;
using Kiln.Sandbox.Roots;

namespace Kiln.Sandbox.Stage;

/// <summary>Makes the mount that becomes the root.</summary>
internal static class RootAssembly
{
    public static DetachedMount Create(RunRoot root) => root switch
    {
        MergedRoot merged => DetachedMount.Clone(merged.Tree),
        OverlayRoot overlay => CreateOverlay(overlay.LowerTrees, overlay.UpperDirectory, overlay.WorkDirectory, overlay.UpperDirectory),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <param name="place">A directory that may be covered, for kernels that cannot make a mount without a place.</param>
    public static DetachedMount CreateOverlay(IEnumerable<string> lower, string upper, string work, string place)
    {
        using var layers = new OverlayLayers(lower, upper, work);
        try
        {
            return layers.Mount();
        }
        catch (ErrnoException e) when (e is { Call: "fsconfig", Error: Errno.EINVAL, Subject: "overlay lowerdir+" })
        {
            return layers.MountAsBefore(place);
        }
    }
}

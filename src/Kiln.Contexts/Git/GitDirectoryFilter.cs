// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Contexts.Git;

/// <summary>Hides everything named `.git`.</summary>
internal sealed class GitDirectoryFilter : IContextFilter
{
    public bool IsExcluded(UnixPath path)
    {
        foreach (Range part in path.Bytes.Split((byte)'/'))
            if (path.Bytes[part].SequenceEqual(".git"u8))
                return true;
        return false;
    }

    public bool MayRevealBelow(UnixPath directory) => false;
}

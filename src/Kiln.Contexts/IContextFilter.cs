// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Contexts;

/// <summary>Which paths of a context `COPY` and `ADD` may see: the ignore file's say.</summary>
public interface IContextFilter
{
    bool IsExcluded(UnixPath path);

    /// <summary>Whether something below an excluded directory may still be seen.</summary>
    bool MayRevealBelow(UnixPath directory);
}

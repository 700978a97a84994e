// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Sandbox.Mounts;

/// <summary>
/// Something that is mounted for the time of one `RUN`. The target is resolved inside the root through the image's own links; what is missing of it is made, and
/// removed after the step where it is still empty.
/// </summary>
public abstract record RunMount
{
    private protected RunMount()
    {
    }

    public required UnixPath Target { get; init; }
}

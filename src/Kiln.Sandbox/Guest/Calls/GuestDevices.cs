// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Paths;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>The devices that a container may use, wherever in its tree a node of them is; all others are refused, as a container's device rules refuse them.</summary>
internal static class GuestDevices
{
    /// <summary>Opens the machine's device of a node.</summary>
    public static Errno Open(GuestCall call, in Seen node, OpenFlags flags, out Place file)
    {
        file = default;
        if (node.Type != FileType.CharacterDevice)
            return Errno.EPERM;
        switch (node.Device)
        {
            case { Major: 1, Minor: 3 }:
                return call.Served.OpenDevice("null\0"u8, flags, out file);
            case { Major: 1, Minor: 5 }:
                return call.Served.OpenDevice("zero\0"u8, flags, out file);
            case { Major: 1, Minor: 7 }:
                return call.Served.OpenDevice("full\0"u8, flags, out file);
            case { Major: 1, Minor: 8 }:
                return call.Served.OpenDevice("random\0"u8, flags, out file);
            case { Major: 1, Minor: 9 }:
                return call.Served.OpenDevice("urandom\0"u8, flags, out file);
            case { Major: 5, Minor: 0 }:
                return Errno.ENXIO; // the builder's terminal is not the step's
            case { Major: 5, Minor: 2 }:
                Errno error = call.Served.OpenMultiplexer(flags, out SafeFileHandle? opened);
                if (opened is null)
                    return error;
                using (opened)
                    return Place.Of(opened).Duplicate(out file);
            default:
                return Errno.EPERM;
        }
    }
}

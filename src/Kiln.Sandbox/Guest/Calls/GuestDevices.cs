// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Processes;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Paths;
using Kiln.Sandbox.Supervision;
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
            case { Major: 5, Minor: 0 }:
                return OpenTerminal(call, flags, out file);
            case { Major: 5, Minor: 2 }:
                Errno error = call.Served.OpenMultiplexer(flags, out SafeFileHandle? opened);
                if (opened is null)
                    return error;
                using (opened)
                    return Place.Of(opened).Duplicate(out file);
            default:
                return NameOf(node.Device) is { IsEmpty: false } name ? call.Served.OpenDevice(name, flags, out file) : Errno.EPERM;
        }
    }

    /// <summary>The terminal that the step has made and given itself to control the caller: the builder's is not the step's.</summary>
    private static Errno OpenTerminal(GuestCall call, OpenFlags flags, out Place file)
    {
        file = default;
        if (ProcessList.FindTerminal(call.Caller.ThreadId) is not { } number)
            return Errno.ENXIO;
        var path = UnixPath.Clean(string.Create(CultureInfo.InvariantCulture, $"dev/pts/{number}"));
        VirtualNode node = call.Served.Find(call, path);
        if (node.Kind == VirtualKind.Missing)
            return Errno.ENXIO;
        Errno error = call.Served.Open(call, path, node, flags, out SafeFileHandle? opened);
        if (opened is null)
            return error;
        using (opened)
            return Place.Of(opened).Duplicate(out file);
    }

    /// <summary>
    /// What the file is that opening a node gives: a path's and a descriptor's status have to be of one file, by which cp(1) tells that nobody has put another there meanwhile. False for what cannot be opened.
    /// </summary>
    public static bool TryGetStatus(GuestCall call, in Seen node, out FullStatus status)
    {
        status = default;
        ReadOnlySpan<byte> name = node.Type != FileType.CharacterDevice ? [] : node.Device is { Major: 5, Minor: 2 } ? "ptmx\0"u8 : NameOf(node.Device);
        return !name.IsEmpty && call.Served.GetDeviceStatus(name, out status) == Errno.None;
    }

    private static ReadOnlySpan<byte> NameOf(DeviceNumber device) => device switch
    {
        { Major: 1, Minor: 3 } => "null\0"u8,
        { Major: 1, Minor: 5 } => "zero\0"u8,
        { Major: 1, Minor: 7 } => "full\0"u8,
        { Major: 1, Minor: 8 } => "random\0"u8,
        { Major: 1, Minor: 9 } => "urandom\0"u8,
        _ => [],
    };
}

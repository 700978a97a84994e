// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// Names in `/dev` that are the machine's own: terminals that the step itself asked for, and the simple devices where no node of them could be made in the tree.
/// </summary>
/// <param name="machine">The machine's `/dev`.</param>
/// <param name="served">Devices without a node in the tree.</param>
internal sealed class ServedDevices(DirectoryHandle machine, ImmutableArray<string> served)
{
    private const string Multiplexer = "ptmx";
    private const string Terminals = "pts";

    private readonly HashSet<int> _own = [];

    public bool Serves(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name) is var text
        && (text is Multiplexer or Terminals || text.StartsWith(Terminals + "/", StringComparison.Ordinal) || served.Contains(text));

    public VirtualNode Find(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name) switch
    {
        Terminals => new VirtualNode(VirtualKind.Directory, machine, "pts\0"u8.ToArray()),
        // Who has no terminal of his own gets none: the builder's is not the step's.
        "tty" => VirtualNode.Missing,
        Multiplexer => Node("pts/ptmx"),
        var text when text.StartsWith(Terminals + "/", StringComparison.Ordinal) => IsOwn(text[(Terminals.Length + 1)..]) ? Node(text) : VirtualNode.Missing,
        var text => Node(text),
    };

    /// <summary>Remembers the terminal of a multiplexer that the step has opened: it may open that one, and no other of the machine's.</summary>
    public void Remember(VirtualNode node, SafeFileHandle opened)
    {
        if (node.Base == machine && AnsweredFile.FindTerminal(opened) is { } number)
            _own.Add(number);
    }

    private bool IsOwn(string number) => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int terminal) && _own.Contains(terminal);

    private VirtualNode Node(string path)
    {
        byte[] real = Encoding.UTF8.GetBytes(path + '\0');
        return AnsweredFile.FindType(machine, real, PathResolve.Beneath | PathResolve.NoLinks, out FileType type) == Errno.None && type == FileType.CharacterDevice
            ? new VirtualNode(VirtualKind.File, machine, real) { MayBeWritten = true }
            : VirtualNode.Missing;
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Kiln.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Stage;

/// <summary>The second stage's end of the pipe to the builder: reports, each after its length.</summary>
internal sealed class StageChannel(SafeFileHandle pipe)
{
    /// <summary>Throws (EPIPE) where the builder is gone.</summary>
    public void Send(StageReport report) => Send(StageCodec.Encode(report));

    /// <summary>Says nothing, but throws where the builder is gone.</summary>
    public void Touch() => Send([]);

    /// <summary>The builder's side: the last of all reports that came whole, null where none did.</summary>
    public static StageReport? Last(ReadOnlySpan<byte> said)
    {
        StageReport? last = null;
        while (said.Length >= sizeof(int))
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(said);
            said = said[sizeof(int)..];
            if (length > said.Length)
                break;
            if (length > 0)
                last = StageCodec.DecodeReport(said[..length].ToArray());
            said = said[length..];
        }
        return last;
    }

    private void Send(ReadOnlySpan<byte> payload)
    {
        byte[] message = new byte[sizeof(int) + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, payload.Length);
        payload.CopyTo(message.AsSpan(sizeof(int)));
        Descriptor.Write(pipe, message);
    }
}

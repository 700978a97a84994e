// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Kiln.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Stage;

/// <summary>The second stage's end of the pipe to the builder: one JSON report a line.</summary>
internal sealed class StageChannel(SafeFileHandle pipe)
{
    /// <summary>Throws (EPIPE) where the builder is gone.</summary>
    public void Send(StageReport report) => Descriptor.Write(pipe, [.. JsonSerializer.SerializeToUtf8Bytes(report, StageJson.Default.StageReport), (byte)'\n']);

    /// <summary>Says nothing, but throws where the builder is gone.</summary>
    public void Touch() => Descriptor.Write(pipe, "\n"u8);

    /// <summary>The builder's side: the last of all that was said, null where nothing was.</summary>
    public static StageReport? Last(ReadOnlySpan<byte> said) =>
        Encoding.UTF8.GetString(said).Split('\n', StringSplitOptions.RemoveEmptyEntries) is [.., var last]
            ? JsonSerializer.Deserialize(last, StageJson.Default.StageReport)
            : null;
}

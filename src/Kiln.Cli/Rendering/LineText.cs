// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Build.Events;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering;

/// <summary>Pieces of the lines that a build is shown by.</summary>
internal static class LineText
{
    /// <summary>Of a line in a log.</summary>
    internal const int Widest = 160;

    /// <summary>An instruction of any number of lines, as one, without control characters.</summary>
    internal static string OneLine(string text) =>
        Clip(SourceExcerpt.Printable(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))), Widest);

    internal static string Clip(string text, int length) => text.Length <= length ? text : text[..(length - 3)] + "...";

    /// <summary>`0.3 s`, for what is over.</summary>
    internal static string Seconds(TimeSpan duration) => $"{duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s";

    /// <summary>`42 s`, `3 min 5 s`, for what goes on.</summary>
    internal static string Elapsed(TimeSpan duration) => duration.TotalSeconds < 60
        ? $"{(int)duration.TotalSeconds} s"
        : $"{(int)duration.TotalMinutes} min {duration.Seconds} s";

    /// <summary>What came of a step, behind it or below it.</summary>
    internal static string Outcome(StepEnded step) => step.Outcome switch
    {
        StepOutcome.Built => $"{Seconds(step.Duration)}{Layer(step)}",
        StepOutcome.Cached => $"cached{Layer(step)}",
        StepOutcome.Metadata => "",
        StepOutcome.Failed => $"failed after {Seconds(step.Duration)}",
        StepOutcome.Stopped => $"stopped after {Seconds(step.Duration)}",
    };

    /// <summary>How far the layers are that move.</summary>
    internal static string Moved(TransferState transfers)
    {
        string fetched = transfers.IsFetching ? $"fetched {ByteCount.Format(transfers.Fetched)} of {ByteCount.Format(transfers.FetchedOf)}" : "";
        string sent = transfers.Sending > 0 ? $"sent {ByteCount.Format(transfers.Sent)}" : "";
        return fetched.Length > 0 && sent.Length > 0 ? $"{fetched}, {sent}" : fetched + sent;
    }

    /// <summary>What a build took.</summary>
    internal static string Sum(BuildEnded build) =>
        $"{Seconds(build.Duration)}{Bytes("fetched", build.Transfers.Fetched)}{Bytes("sent", build.Transfers.Sent)}";

    private static string Bytes(string what, long count) => count == 0 ? "" : $", {what} {ByteCount.Format(count)}";

    private static string Layer(StepEnded step) => step.LayerSize is { } size ? $", layer of {ByteCount.Format(size)}" : "";
}

// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Build.Outputs;
using Kiln.Cli.Flags;
using Kiln.Diagnostics;
using Kiln.Layers.Blobs;
using Kiln.Oci;

namespace Kiln.Cli.Start;

/// <summary>Reads `--compression` and `--compression-level`; -1 is the default of whichever compression it is.</summary>
internal static class CompressionArguments
{
    internal static CompressionOptions Read(BuildArguments arguments)
    {
        LayerCompression compression = arguments.Compression switch
        {
            null or "gzip" => LayerCompression.Gzip,
            "zstd" => LayerCompression.Zstd,
            "none" => LayerCompression.None,
            _ => throw DiagnosticRules.InvalidArgument.Error($"`--compression={arguments.Compression}` is no compression", hint: "use `gzip`, `zstd` or `none`"),
        };
        // As kaniko has it: `docker load` of old cannot read it.
        if (compression == LayerCompression.Zstd && (!string.IsNullOrEmpty(arguments.TarPath) || arguments.Files.Any(file => file.Kind == FileOutputKind.DockerArchive)))
            throw DiagnosticRules.InvalidArgument.Error(
                $"{(string.IsNullOrEmpty(arguments.TarPath) ? "`--output type=docker`" : "`--tar-path`")} cannot hold layers of `--compression=zstd`", hint: "use an OCI layout, or leave the compression out");
        return CompressionOptions.Of(compression, ReadLevel(arguments, compression));
    }

    private static int? ReadLevel(BuildArguments arguments, LayerCompression compression)
    {
        string text = arguments.CompressionLevel;
        if (text is "" or "-1")
            return null;
        (int lowest, int highest) = CompressionOptions.Levels(compression);
        if (lowest == highest)
            throw DiagnosticRules.InvalidArgument.Error("`--compression-level` has no meaning with `--compression=none`", hint: "leave one of them out");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int level) && level >= lowest && level <= highest
            ? level
            : throw DiagnosticRules.InvalidArgument.Error(
                $"`--compression-level={text}` is no level of `{arguments.Compression ?? "gzip"}`", hint: $"use a number from {lowest} to {highest}, or -1 for the default");
    }
}

// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Build.Outputs;
using Kiln.Cli.Flags;
using Kiln.Oci;

namespace Kiln.Cli.Start;

/// <summary>
/// Turns `--output` into what older flags say: destinations, files, media types, annotations, compression. A build makes one image, so all that its outputs and the other flags say of it has to agree.
/// </summary>
internal sealed class OutputArguments
{
    private const string Types = "write `type=local`, `tar`, `oci`, `docker`, `image` or `registry`";

    private readonly BuildArguments _arguments;
    private readonly bool _outputIsTerminal;

    private OutputArguments(BuildArguments arguments, bool outputIsTerminal) => (_arguments, _outputIsTerminal) = (arguments, outputIsTerminal);

    /// <param name="arguments">What was typed; gets what its outputs come to.</param>
    /// <param name="outputIsTerminal">Where no archive is written to.</param>
    internal static void SpellOut(BuildArguments arguments, bool outputIsTerminal)
    {
        var outputs = new OutputArguments(arguments, outputIsTerminal);
        foreach (string text in arguments.Outputs)
            outputs.Add(new OutputSpecification(text));
        if (arguments.Compression is null && IsForFilesAlone(arguments))
            arguments.Compression = "none";
    }

    private void Add(OutputSpecification output)
    {
        switch (output.Take("type"))
        {
            case "local":
                if (output.TakeBoolean("platform-split") == true)
                    throw output.Refuse("has `platform-split`", "leave it out: a build is for one platform");
                AddFile(output, new FileOutput(FileOutputKind.Directory, DirectoryOf(output, output.Take("dest"))));
                break;
            case "tar":
                AddFile(output, new FileOutput(FileOutputKind.Tar, FileOf(output, output.Take("dest"))));
                break;
            case "oci":
                AddImageFile(output, FileOutputKind.OciArchive);
                break;
            case "docker":
                AddImageFile(output, FileOutputKind.DockerArchive);
                break;
            case "image":
                AddImage(output, output.TakeBoolean("push") == true);
                break;
            case "registry":
                AddImage(output, output.TakeBoolean("push") != false);
                break;
            case var other:
                throw output.Refuse(other is null ? "has no `type=`" : $"has the type `{other}`, which is not supported", Types);
        }
    }

    private void AddImageFile(OutputSpecification output, FileOutputKind kind)
    {
        bool isArchive = output.TakeBoolean("tar") != false;
        TakeImageSettings(output);
        ImmutableArray<ImageReference>? names = output.Take("name") is { Length: > 0 } name ? [.. Names(name).Select(one => ImageReference.Parse(one))] : null;
        string? place = output.Take("dest");
        if (isArchive && kind == FileOutputKind.DockerArchive && place is null)
            throw output.Refuse("lacks `dest=`", "add `dest=FILE`, or `dest=-` and a pipe to `docker load`: there is no daemon that the image could be given to");
        FileOutput file = isArchive ? new FileOutput(kind, FileOf(output, place)) : new FileOutput(FileOutputKind.OciLayout, DirectoryOf(output, place));
        AddFile(output, file with { Names = names });
    }

    /// <summary>Nothing but a push takes an image anywhere that stays with the builder otherwise.</summary>
    private void AddImage(OutputSpecification output, bool isPushed)
    {
        TakeImageSettings(output);
        string? name = output.Take("name");
        output.RefuseRest();
        if (!isPushed)
            return;
        if (string.IsNullOrEmpty(name))
            throw output.Refuse("is pushed and has no name", "add `name=REFERENCE`");
        _arguments.Destinations.AddRange(Names(name).Except(_arguments.Destinations));
    }

    private void AddFile(OutputSpecification output, FileOutput file)
    {
        output.RefuseRest();
        if (file.Path is null && _arguments.Files.Any(other => other.Path is null))
            throw output.Refuse("is the second one that goes to the standard output");
        _arguments.Files.Add(file);
    }

    private static string DirectoryOf(OutputSpecification output, string? path) =>
        path is { Length: > 0 } and not "-" ? Path.GetFullPath(path) : throw output.Refuse("lacks `dest=`", "add `dest=DIRECTORY`");

    private string? FileOf(OutputSpecification output, string? path)
    {
        if (path is { Length: > 0 } and not "-")
            return Path.GetFullPath(path);
        return !_outputIsTerminal ? null : throw output.Refuse("would write an archive to the terminal", "add `dest=FILE`, or send the output into a file or a program");
    }

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private void TakeImageSettings(OutputSpecification output)
    {
        if (output.TakeBoolean("oci-mediatypes") is { } isOci)
            _arguments.ImageFormat = Agree(output, "--image-format", _arguments.ImageFormat, isOci ? "oci" : "docker");
        if (output.Take("compression") is { } compression)
            _arguments.Compression = Agree(output, "--compression", _arguments.Compression, compression switch
            {
                "uncompressed" => "none",
                "gzip" or "zstd" => compression,
                _ => throw output.Refuse($"has the compression `{compression}`", "write `gzip`, `zstd` or `uncompressed`"),
            });
        if (output.Take("compression-level") is { } level)
            _arguments.CompressionLevel = Agree(output, "--compression-level", _arguments.CompressionLevel == "-1" ? null : _arguments.CompressionLevel, level);
        if (output.TakeBoolean("force-compression") == true)
            throw output.Refuse("has `force-compression`", "leave it out: the base's layers stay as they are, so that registries that have them need not get them again");
        foreach ((string name, string value) in output.TakeAll("annotation.").Concat(output.TakeAll("annotation-manifest.")))
        {
            string? known = _arguments.Annotations.FirstOrDefault(annotation => annotation.StartsWith(name + "=", StringComparison.Ordinal));
            Agree(output, $"annotation `{name}`", known?[(name.Length + 1)..], value);
            if (known is null)
                _arguments.Annotations.Add($"{name}={value}");
        }
    }

    private static string Agree(OutputSpecification output, string what, string? known, string said) => string.IsNullOrEmpty(known) || known == said
        ? said
        : throw output.Refuse($"says `{said}` where another flag or output says `{known}`: {what}", "a build makes one image; build twice for two");

    /// <summary>Nobody but this build will see its layers, and packing them would only take time.</summary>
    private static bool IsForFilesAlone(BuildArguments arguments) =>
        arguments is { Files.Count: > 0, Destinations.Count: 0, Cache: false, CacheFrom.Count: 0, CacheTo.Count: 0, CompressionLevel: "-1" }
        && arguments.Files.All(file => file.IsTree)
        && new[] { arguments.TarPath, arguments.OciLayoutPath, arguments.DigestFile, arguments.NameDigestFile, arguments.NameTagDigestFile, arguments.MetadataFile }.All(string.IsNullOrEmpty);
}

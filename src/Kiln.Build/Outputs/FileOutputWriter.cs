// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;
using Kiln.Layers.Trees;
using Kiln.Linux.Files;
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Outputs;

/// <summary>Writes an image, or its files, to a place on disk.</summary>
/// <param name="standardOutput">Opens the program's standard output.</param>
/// <param name="time">The clock.</param>
internal sealed class FileOutputWriter(Func<Stream> standardOutput, TimeProvider time)
{
    /// <summary>Finds out before the build what could only fail after it.</summary>
    internal static void Check(ImmutableArray<FileOutput> outputs)
    {
        foreach (string path in outputs.Where(output => output.IsDirectory).Select(output => output.Path!))
            if (File.Exists(path))
                throw DiagnosticRules.OutputFailed.Error($"`{path}` is a file, and a directory is to be written there");
        foreach (string path in outputs.Where(output => !output.IsDirectory).Select(output => output.Path).OfType<string>())
        {
            if (Directory.Exists(path))
                throw DiagnosticRules.OutputFailed.Error($"`{path}` is a directory, and a file is to be written there", hint: "name a file in it");
            if (Path.GetDirectoryName(path) is { } parent && !Directory.Exists(parent))
                throw DiagnosticRules.OutputFailed.Error($"`{path}` cannot be written: there is no directory `{parent}`");
        }
    }

    internal async Task WriteAsync(FileOutput output, Image image, TargetFiles? files, IReadOnlyList<ImageReference> destinations, CancellationToken cancellationToken)
    {
        IReadOnlyList<ImageReference> names = output.Names ?? destinations;
        switch (output.Kind)
        {
            case FileOutputKind.OciLayout:
                await new OciLayoutWriter(output.Path!, time).WriteAsync(image, names, cancellationToken);
                break;
            case FileOutputKind.Directory:
                await WaitForAsync(() => WriteDirectory(output.Path!, files!, cancellationToken), cancellationToken);
                break;
            case FileOutputKind.Tar:
                await WriteStreamAsync(output, stream => WaitForAsync(() => WriteTar(stream, files!, cancellationToken), cancellationToken), cancellationToken);
                break;
            case FileOutputKind.OciArchive:
                await WriteStreamAsync(output, stream => DockerArchiveWriter.WriteLayoutAsync(stream, image, names, cancellationToken), cancellationToken);
                break;
            case FileOutputKind.DockerArchive:
                await WriteStreamAsync(output, stream => DockerArchiveWriter.WriteAsync(stream, image, names, cancellationToken), cancellationToken);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>A file has its name once it is complete; a pipe has what was written so far.</summary>
    private async Task WriteStreamAsync(FileOutput output, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        if (output.Path is null)
        {
            await using Stream stream = standardOutput();
            await write(stream);
            await stream.FlushAsync(cancellationToken);
            return;
        }
        using ReplacedFile file = ReplacedFile.Begin(output.Path);
        await write(file.Stream);
        await file.CommitAsync(cancellationToken);
    }

    private static void WriteDirectory(string path, TargetFiles files, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(path);
        using DirectoryHandle target = DirectoryHandle.Open(path);
        var options = new TreeOptions(OwnerMap.ForKeeps(), Merged: true, ContentOnly: false) { NamesAreLiteral = true };
        using var writer = new TreeWriter(target, new StackView(), options);
        writer.Write(files.Read(cancellationToken), cancellationToken);
    }

    private static void WriteTar(Stream stream, TargetFiles files, CancellationToken cancellationToken)
    {
        var writer = new TarWriter(stream);
        foreach ((LayerEntry entry, ContentSource? source) in files.Read(cancellationToken))
            writer.Write(entry, source?.Open(), cancellationToken);
        writer.Complete();
    }

    /// <summary>A thread of its own, for it waits for the disk.</summary>
    private static Task WaitForAsync(Action write, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(write, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}

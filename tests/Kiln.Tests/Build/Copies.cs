// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Copying;
using Kiln.Contexts.Archives;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Linux;
using Kiln.Linux.Files;
using Xunit;

namespace Kiln.Tests.Build;

/// <summary>Runs one `COPY` on memory alone, and writes down the layer: `srv/a 644 0:0 @5 "text"`, a line an entry.</summary>
internal static class Copies
{
    /// <summary>The time of the step.</summary>
    public const int Now = 100;

    private static readonly SourceSpan Span = new SourceText("Dockerfile", "COPY a b").SpanOfLine(1);

    /// <summary>A stage with `srv/` (0711, 7:7), `srv/file`, `srv/sub/`, and links to a directory, to a file and to nothing.</summary>
    public static StackView Stage { get; } = View(
        Directory("srv", 0x1C9) with { Uid = 7, Gid = 7 },
        File("srv/file"),
        Directory("srv/sub", 0x1C9),
        Link("to-srv", "/srv"),
        Link("to-file", "srv/file"),
        Link("to-nothing", "srv/new"),
        Link("srv/inner", "file"));

    public static CopySettings To(string destination) => new()
    {
        Destination = UnixPath.Clean(destination),
        DestinationIsDirectory = destination.EndsWith('/'),
        Span = Span,
        Now = new UnixTime(Now),
    };

    public static CopySettings WithMode(this CopySettings settings, string mode)
    {
        Assert.True(ModeChange.TryParse(mode, out ModeChange? change));
        return settings with { Mode = change };
    }

    public static CopySettings Excluding(this CopySettings settings, params string[] patterns) =>
        settings with { Excludes = PathPatterns.Parse(patterns, Span) };

    public static string Copy(StackView below, CopySettings settings, MemoryTree source, params string[] paths) =>
        Run(below, settings, copy =>
        {
            foreach (string path in paths)
                copy.Copy(source, path, TestContext.Current.CancellationToken);
        });

    /// <summary>`ADD` of an archive to `/new` in an empty stage: the names of the layer.</summary>
    public static string Add(byte[] archive, string scratch)
    {
        var operation = new CopyOperation(new StackView(), To("/new") with { UnpackArchives = true }, new ArchiveSpool(scratch));
        operation.Copy(new MemoryTree().Bytes("archive", archive), "archive", TestContext.Current.CancellationToken);
        return string.Join(' ', operation.Delta.ToEntries(new StackView(), null).Select(e => $"{e.Entry.Path}{(e.Entry.IsDirectory ? "/" : "")}"));
    }

    public static string CopyWithParents(StackView below, CopySettings settings, MemoryTree source, params string[] paths) =>
        Run(below, settings, copy =>
        {
            foreach (string path in paths)
                copy.CopyWithParents(source, path, TestContext.Current.CancellationToken);
        });

    public static string Run(StackView below, CopySettings settings, Action<CopyOperation> run)
    {
        var operation = new CopyOperation(below, settings, new ArchiveSpool(Path.GetTempPath()));
        run(operation);
        return string.Join('\n', operation.Delta.ToEntries(settings.Link ? new StackView() : below, null).Select(Describe));
    }

    /// <summary>What the user is told, where the copy is impossible.</summary>
    public static string Refusal(Func<string> copy) => Assert.Throws<BuildException>(() => copy()).Diagnostic.Message;

    public static StackView View(params LayerEntry[] entries)
    {
        var view = new StackView();
        view.Apply(new LayerIndex(entries));
        return view;
    }

    public static LayerEntry Directory(string path, int mode) => new() { Path = UnixPath.Clean(path), Type = EntryType.Directory, Mode = mode };

    public static LayerEntry File(string path) => new() { Path = UnixPath.Clean(path), Type = EntryType.File, Mode = 0x1A4 };

    public static LayerEntry Link(string path, string text) =>
        new() { Path = UnixPath.Clean(path), Type = EntryType.SymbolicLink, Mode = 0x1FF, LinkText = [.. Encoding.UTF8.GetBytes(text)] };

    private static string Describe(DeltaEntry line)
    {
        LayerEntry entry = line.Entry;
        string mode = Convert.ToString(entry.Mode, 8), path = entry.IsDirectory ? $"{entry.Path}/" : entry.Path.ToString();
        string what = entry.Type switch
        {
            EntryType.SymbolicLink => $" -> {Encoding.UTF8.GetString(entry.LinkText.AsSpan())}",
            EntryType.HardLink => $" = {entry.HardLinkTarget}",
            EntryType.File => $" \"{Read(line)}\"",
            _ => "",
        };
        return $"{path} {mode} {entry.Uid}:{entry.Gid} @{entry.ModifiedTime.Seconds}{what}";
    }

    private static string Read(DeltaEntry line)
    {
        using var reader = new StreamReader(line.Content!.Open());
        return reader.ReadToEnd();
    }
}

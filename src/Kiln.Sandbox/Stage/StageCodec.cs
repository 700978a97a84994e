// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Stage;

/// <summary>
/// What the builder and the second stage say to each other, as bytes. Both are the same program, so the form needs no versions. It is not JSON because the second stage's
/// whole life is a few milliseconds, and a JSON serializer takes 25 of them to get ready.
/// </summary>
internal static class StageCodec
{
    public static byte[] Encode(StageRequest request) => Encode(writer =>
    {
        RunRequest run = request.Run;
        RootCodec.Write(writer, run.Root);
        WriteStrings(writer, run.Arguments);
        WriteStrings(writer, run.Environment);
        WritePath(writer, run.WorkingDirectory);
        writer.Write(run.User);
        writer.Write(run.HostName);
        writer.Write((int)run.Network);
        writer.Write(run.AllowsMetadata);
        MountCodec.Write(writer, run.Mounts);
        writer.Write(request.Scratch ?? "");
        writer.Write((int)request.Rung);
        writer.Write((int)request.Traps);
    });

    public static StageRequest DecodeRequest(byte[] bytes)
    {
        using BinaryReader reader = Open(bytes);
        var run = new RunRequest
        {
            Root = RootCodec.Read(reader),
            Arguments = ReadStrings(reader),
            Environment = ReadStrings(reader),
            WorkingDirectory = ReadPath(reader),
            User = reader.ReadString(),
            HostName = reader.ReadString(),
            Network = (RunNetwork)reader.ReadInt32(),
            AllowsMetadata = reader.ReadBoolean(),
            Mounts = MountCodec.Read(reader),
        };
        return new StageRequest(run, reader.ReadString() is { Length: > 0 } scratch ? scratch : null, (IsolationRung)reader.ReadInt32(), (MoreTraps)reader.ReadInt32());
    }

    public static byte[] Encode(StageReport report) => Encode(writer =>
    {
        writer.Write(report.Stubs.Length);
        foreach (UnixPath stub in report.Stubs)
            WritePath(writer, stub);
        writer.Write(report.Failure is not null);
        if (report.Failure is not { } failure)
            return;
        writer.Write((int)failure.Kind);
        writer.Write(failure.Message);
        writer.Write((int)failure.Error);
        writer.Write(failure.ExitCode);
    });

    public static StageReport DecodeReport(byte[] bytes)
    {
        using BinaryReader reader = Open(bytes);
        var stubs = ImmutableArray.CreateBuilder<UnixPath>();
        for (int left = reader.ReadInt32(); left > 0; left--)
            stubs.Add(ReadPath(reader));
        return new StageReport(stubs.ToImmutable(), !reader.ReadBoolean() ? null
            : new StageFailure((FailureKind)reader.ReadInt32(), reader.ReadString()) { Error = (Errno)reader.ReadInt32(), ExitCode = reader.ReadInt32() });
    }

    public static void WritePath(BinaryWriter writer, UnixPath path) => WriteBytes(writer, path.Bytes);

    public static UnixPath ReadPath(BinaryReader reader) => UnixPath.Clean(ReadBytes(reader));

    public static void WriteBytes(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    public static byte[] ReadBytes(BinaryReader reader) => reader.ReadBytes(reader.ReadInt32());

    public static void WriteStrings(BinaryWriter writer, ImmutableArray<string> texts)
    {
        writer.Write(texts.Length);
        foreach (string text in texts)
            writer.Write(text);
    }

    public static ImmutableArray<string> ReadStrings(BinaryReader reader)
    {
        string[] texts = new string[reader.ReadInt32()];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = reader.ReadString();
        return [.. texts];
    }

    private static byte[] Encode(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
            write(writer);
        return stream.ToArray();
    }

    private static BinaryReader Open(byte[] bytes) => new(new MemoryStream(bytes));
}

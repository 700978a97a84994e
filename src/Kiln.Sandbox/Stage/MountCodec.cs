// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using Kiln.Linux;
using Kiln.Sandbox.Mounts;

namespace Kiln.Sandbox.Stage;

/// <summary>Mounts as bytes: for each which kind, its target, then what the kind has.</summary>
internal static class MountCodec
{
    private const byte Bind = 1;
    private const byte Temporary = 2;
    private const byte InMemory = 3;
    private const long NoSize = -1;

    public static void Write(BinaryWriter writer, ImmutableArray<RunMount> mounts)
    {
        writer.Write(mounts.Length);
        foreach (RunMount mount in mounts)
        {
            StageCodec.WritePath(writer, mount.Target);
            switch (mount)
            {
                case BindMount bind:
                    writer.Write(Bind);
                    writer.Write(bind.Source);
                    writer.Write((int)bind.Access);
                    break;
                case TemporaryMount temporary:
                    writer.Write(Temporary);
                    writer.Write(temporary.Size ?? NoSize);
                    break;
                case FileMount file:
                    writer.Write(InMemory);
                    StageCodec.WriteBytes(writer, file.Content.Span);
                    writer.Write(file.Mode);
                    writer.Write(file.Uid);
                    writer.Write(file.Gid);
                    writer.Write(file.Writable);
                    break;
            }
        }
    }

    public static ImmutableArray<RunMount> Read(BinaryReader reader)
    {
        var mounts = new RunMount[reader.ReadInt32()];
        for (int i = 0; i < mounts.Length; i++)
            mounts[i] = ReadOne(reader);
        return [.. mounts];
    }

    private static RunMount ReadOne(BinaryReader reader)
    {
        UnixPath target = StageCodec.ReadPath(reader);
        return reader.ReadByte() switch
        {
            Bind => new BindMount { Target = target, Source = reader.ReadString(), Access = (BindAccess)reader.ReadInt32() },
            Temporary => new TemporaryMount { Target = target, Size = reader.ReadInt64() is not NoSize and var size ? size : null },
            InMemory => new FileMount
            {
                Target = target,
                Content = StageCodec.ReadBytes(reader),
                Mode = reader.ReadInt32(),
                Uid = reader.ReadUInt32(),
                Gid = reader.ReadUInt32(),
                Writable = reader.ReadBoolean(),
            },
            _ => throw new UnreachableException(),
        };
    }
}

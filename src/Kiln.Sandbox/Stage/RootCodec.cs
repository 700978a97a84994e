// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Sandbox.Roots;

namespace Kiln.Sandbox.Stage;

/// <summary>A root as bytes: which kind, then its directories.</summary>
internal static class RootCodec
{
    private const byte Overlay = 1;
    private const byte Merged = 2;

    public static void Write(BinaryWriter writer, RunRoot root)
    {
        switch (root)
        {
            case OverlayRoot overlay:
                writer.Write(Overlay);
                StageCodec.WriteStrings(writer, overlay.LowerTrees);
                writer.Write(overlay.UpperDirectory);
                writer.Write(overlay.WorkDirectory);
                break;
            case MergedRoot merged:
                writer.Write(Merged);
                writer.Write(merged.Tree);
                break;
        }
    }

    public static RunRoot Read(BinaryReader reader) => reader.ReadByte() switch
    {
        Overlay => new OverlayRoot(StageCodec.ReadStrings(reader), reader.ReadString(), reader.ReadString()),
        Merged => new MergedRoot(reader.ReadString()),
        _ => throw new UnreachableException(),
    };
}

// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Fuzz;

/// <summary>Makes inputs: random bytes, pieces in a row, and samples with a few things changed.</summary>
internal static class InputMaker
{
    private const int LargestRandom = 200;
    private const int MostPieces = 30;
    private const int MostChanges = 8;

    public static byte[] Make(IFuzzTarget target, Random random)
    {
        switch (random.Next(10))
        {
            case 0:
                var bytes = new byte[random.Next(LargestRandom)];
                random.NextBytes(bytes);
                return bytes;
            case < 5:
                return [.. Enumerable.Range(0, random.Next(MostPieces)).SelectMany(_ => Any(target.Pieces, random))];
            default:
                List<byte> input = [.. Any(target.Samples, random)];
                for (int changes = random.Next(MostChanges); changes > 0; changes--)
                    Change(input, target, random);
                return [.. input];
        }
    }

    private static void Change(List<byte> input, IFuzzTarget target, Random random)
    {
        int at = random.Next(input.Count + 1);
        int length = Math.Min(random.Next(1, 12), input.Count - at);
        switch (random.Next(6))
        {
            case 0:
                input.InsertRange(at, Any(target.Pieces, random));
                break;
            case 1:
                input.RemoveRange(at, length);
                break;
            case 2:
                input.InsertRange(random.Next(input.Count + 1), input.GetRange(at, length));
                break;
            case 3 when length > 0:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 4 when length > 0:
                input[at] = (byte)random.Next(256);
                break;
            case 5:
                byte[] other = Any(target.Samples, random);
                input.RemoveRange(at, input.Count - at);
                input.AddRange(other.AsSpan(random.Next(other.Length + 1)));
                break;
        }
    }

    private static byte[] Any(IReadOnlyList<byte[]> from, Random random) => from[random.Next(from.Count)];
}

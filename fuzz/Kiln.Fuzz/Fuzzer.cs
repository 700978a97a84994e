// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Kiln.Fuzz;

/// <summary>
/// Feeds targets in turn. Each input comes from a seed of its own, so that one number brings a failure back; what failed is made
/// smaller as long as it fails with the same exception.
/// </summary>
internal sealed class Fuzzer(IReadOnlyList<IFuzzTarget> targets, string failures, TextWriter output)
{
    private const int Batch = 200;

    /// <summary>An input that takes longer is a failure: nothing here is large.</summary>
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(10);

    /// <summary>Gives the number of failures as a status: 0 or 1.</summary>
    public int Run(TimeSpan time, int seed)
    {
        output.WriteLine($"seed {seed}, {time.TotalSeconds} s, targets: {string.Join(' ', targets.Select(target => target.Name))}");
        var counts = new long[targets.Count];
        int failed = 0;
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; Stopwatch.GetElapsedTime(start) < time && failed < 10; round++)
        {
            int index = round % targets.Count;
            for (int i = 0; i < Batch; i++, counts[index]++)
            {
                int inputSeed = HashCode(seed, round, i);
                byte[] input = InputMaker.Make(targets[index], new Random(inputSeed));
                if (Try(targets[index], input) is not { } kind)
                    continue;
                failed++;
                Report(targets[index], inputSeed, input, kind);
                break;
            }
        }
        for (int i = 0; i < targets.Count; i++)
            output.WriteLine($"{targets[i].Name}: {counts[i]} inputs");
        output.WriteLine(failed == 0 ? "no failures" : $"{failed} failures, in {failures}");
        return failed == 0 ? 0 : 1;
    }

    /// <summary>What went wrong: an exception's type and place; null where nothing did.</summary>
    private static string? Try(IFuzzTarget target, byte[] input)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            target.Read(input);
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message} {new StackTrace(e).GetFrame(0)?.GetMethod()}";
        }
        return Stopwatch.GetElapsedTime(start) > TooLong ? "took too long" : null;
    }

    private void Report(IFuzzTarget target, int inputSeed, byte[] input, string kind)
    {
        byte[] smallest = Minimise(target, input, kind);
        Directory.CreateDirectory(failures);
        string path = Path.Combine(failures, $"{target.Name}-{inputSeed}");
        File.WriteAllBytes(path, smallest);
        output.WriteLine($"FAILED {target.Name}, input seed {inputSeed}: {kind}");
        output.WriteLine($"  {smallest.Length} bytes, in {path}: {Convert.ToHexString(smallest.AsSpan(0, Math.Min(64, smallest.Length)))}");
        output.WriteLine($"  {Printable(smallest)}");
    }

    /// <summary>Takes away ever smaller stretches, as long as what is left fails in the same place.</summary>
    private static byte[] Minimise(IFuzzTarget target, byte[] input, string kind)
    {
        string place = kind.Split(':')[0];
        long start = Stopwatch.GetTimestamp();
        for (int length = Math.Max(1, input.Length / 2); length > 0; length /= 2)
        {
            for (int at = 0; at + length <= input.Length && Stopwatch.GetElapsedTime(start) < TooLong;)
            {
                byte[] shorter = [.. input[..at], .. input[(at + length)..]];
                if (Try(target, shorter)?.Split(':')[0] == place)
                    input = shorter;
                else
                    at += length;
            }
        }
        return input;
    }

    private static string Printable(byte[] bytes) =>
        string.Concat(bytes.Take(200).Select(value => value is >= 0x20 and < 0x7F ? ((char)value).ToString() : $"\\x{value:x2}"));

    /// <summary>The same on every machine, unlike System.HashCode.</summary>
    private static int HashCode(int seed, int round, int i)
    {
        ulong mixed = ((ulong)(uint)seed << 32) ^ ((ulong)(uint)round << 12) ^ (uint)i;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) & int.MaxValue);
    }
}

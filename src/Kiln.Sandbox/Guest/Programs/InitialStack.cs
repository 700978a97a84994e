// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>
/// What a program finds on its stack at its start: the number of arguments, pointers to them and to the environment, each with a null at its end, and the auxiliary
/// vector. The texts that they point to lie above.
/// </summary>
internal sealed class InitialStack
{
    private const int WordSize = sizeof(ulong);
    private const ulong Alignment = 16; // System V ABI for x86-64: of the stack pointer at a program's entry

    private readonly ulong _address;
    private readonly List<ulong> _arguments = [];
    private readonly List<ulong> _environment = [];
    private readonly List<(AuxiliaryKey Key, ulong Value)> _auxiliary = [];

    private InitialStack(ulong address) => _address = address;

    /// <summary>Null where the vectors do not end in these bytes.</summary>
    public static InitialStack? Parse(ulong address, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var stack = new InitialStack(address);
        int at = 1;
        for (; at < words.Length && words[at] != 0; at++)
            stack._arguments.Add(words[at]);
        for (at++; at < words.Length && words[at] != 0; at++)
            stack._environment.Add(words[at]);
        for (at++; at + 1 < words.Length; at += 2)
        {
            stack._auxiliary.Add(((AuxiliaryKey)words[at], words[at + 1]));
            if (stack._auxiliary[^1].Key == AuxiliaryKey.End)
                return stack;
        }
        return null;
    }

    /// <summary>0 where the kernel did not tell.</summary>
    public ulong Find(AuxiliaryKey key) => _auxiliary.Find(pair => pair.Key == key).Value;

    public ulong Address => _address;

    /// <summary>The texts of the arguments but the first: they lie behind each other.</summary>
    public (ulong Start, ulong End) LaterArguments => _arguments.Count < 2 ? (EnvironmentTexts.Start, EnvironmentTexts.Start) : (_arguments[1], EnvironmentTexts.Start);

    /// <summary>Linux: the environment's texts are followed by the path that was executed, which is the last thing on the stack.</summary>
    public (ulong Start, ulong End) EnvironmentTexts => (_environment.Count == 0 ? Find(AuxiliaryKey.ExecutedName) : _environment[0], Find(AuxiliaryKey.ExecutedName));

    /// <summary>Lays it out with other words, lower by what new texts need and no more. It ends where the old vectors do.</summary>
    /// <param name="prefix">The words in place of the first argument; none: that stays.</param>
    /// <param name="later">The texts of <see cref="LaterArguments"/>, to follow the prefix as arguments do; null: they stay where they are.</param>
    /// <param name="executedName">The path that was executed.</param>
    /// <param name="values">What else the auxiliary vector shall say, of what it says anything of.</param>
    public StackLayout Rebuild(IReadOnlyList<byte[]> prefix, byte[]? later, byte[] executedName, IReadOnlyDictionary<AuxiliaryKey, ulong> values)
    {
        int replaced = prefix.Count == 0 ? 0 : Math.Min(1, _arguments.Count);
        int argumentCount = _arguments.Count - replaced + prefix.Count;
        int words = 1 + argumentCount + 1 + _environment.Count + 1 + (2 * _auxiliary.Count);
        ulong end = _address + (ulong)((1 + _arguments.Count + 1 + _environment.Count + 1 + (2 * _auxiliary.Count)) * WordSize);
        ulong firstText = end - (ulong)(prefix.Sum(word => word.Length + 1) + (later?.Length ?? 0) + executedName.Length + 1);
        ulong address = (firstText - (ulong)(words * WordSize)) & ~(Alignment - 1);

        byte[] bytes = new byte[end - address];
        Span<ulong> vector = MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan(0, words * WordSize));
        ulong text = firstText;
        ulong AddText(byte[] added)
        {
            added.CopyTo(bytes, (int)(text - address));
            ulong at = text;
            text += (ulong)added.Length + 1;
            return at;
        }
        int next = 0;
        vector[next++] = (ulong)argumentCount;
        foreach (byte[] word in prefix)
            vector[next++] = AddText(word);
        ulong moved = later is null ? 0 : text - LaterArguments.Start;
        later?.CopyTo(bytes, (int)(text - address));
        text += (ulong)(later?.Length ?? 0);
        ulong endOfArguments = text;
        foreach (ulong argument in CollectionsMarshal.AsSpan(_arguments)[replaced..])
            vector[next++] = argument + moved;
        next++;
        foreach (ulong variable in _environment)
            vector[next++] = variable;
        next++;
        int auxiliary = next * WordSize;
        ulong name = AddText(executedName);
        foreach ((AuxiliaryKey key, ulong value) in _auxiliary)
        {
            vector[next++] = (ulong)key;
            vector[next++] = key == AuxiliaryKey.ExecutedName ? name : values.GetValueOrDefault(key, value);
        }
        return new StackLayout
        {
            Address = address,
            Bytes = bytes,
            AuxiliaryVector = bytes.AsMemory(auxiliary, 2 * WordSize * _auxiliary.Count),
            Arguments = prefix.Count > 0 ? (firstText, endOfArguments) : (_arguments.Count > 0 ? _arguments[0] : EnvironmentTexts.Start, EnvironmentTexts.Start),
        };
    }
}

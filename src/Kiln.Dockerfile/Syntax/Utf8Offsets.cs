// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Dockerfile.Syntax;

/// <summary>Turns offsets in UTF-8 into offsets in UTF-16. Asked in ascending order, it passes over the bytes once.</summary>
internal struct Utf8Offsets(byte[] bytes)
{
    private int _bytes;
    private int _chars;

    public int CharsBefore(int offset)
    {
        _chars += Encoding.UTF8.GetCharCount(bytes.AsSpan(_bytes, offset - _bytes));
        _bytes = offset;
        return _chars;
    }
}

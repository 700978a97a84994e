// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Blobs;

/// <summary>
/// Puts checksums of parts together. A CRC is the remainder of a polynomial over GF(2) modulo P, so that of A followed by B is crc(A) * x^(8 * length of
/// B) + crc(B). As RFC 1952 (8) has it, the highest bit stands for x^0.
/// </summary>
internal static class Crc32
{
    private const uint P = 0xEDB88320;
    private const uint X0 = 1u << 31;
    private const uint X8 = X0 >> 8;

    internal static uint Combine(uint first, uint second, long secondLength) => Multiply(first, Power(X8, secondLength)) ^ second;

    private static uint Power(uint value, long exponent)
    {
        uint result = X0;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
                result = Multiply(result, value);
            value = Multiply(value, value);
        }
        return result;
    }

    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (; a != 0; a <<= 1)
        {
            if ((a & X0) != 0)
                product ^= b;
            b = (b & 1) != 0 ? (b >> 1) ^ P : b >> 1;
        }
        return product;
    }
}

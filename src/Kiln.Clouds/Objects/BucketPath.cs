// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;

namespace Kiln.Clouds.Objects;

/// <summary>A bucket and an object in it.</summary>
/// <param name="Bucket">One label, or several with dots between.</param>
/// <param name="Key">The object's name: slashes are part of it.</param>
public sealed record BucketPath(string Bucket, string Key)
{
    /// <summary>What kaniko looks for where no object is named.</summary>
    private const string UsualKey = "context.tar.gz";

    /// <param name="text">`s3://BUCKET[/KEY]`.</param>
    /// <param name="scheme">`s3://`.</param>
    public static BucketPath Parse(string text, string scheme)
    {
        string[] halves = text[scheme.Length..].Split('/', 2);
        string key = halves.Length > 1 && halves[1].Length > 0 ? halves[1] : UsualKey;
        return halves[0].Length > 0 && halves[0].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_') && !halves[0].Contains("..", StringComparison.Ordinal)
            ? new BucketPath(halves[0], key)
            : throw DiagnosticRules.ContextNotFound.Error($"`{text}` names no bucket", hint: $"write `{scheme}BUCKET/OBJECT`");
    }

    /// <summary>A text as part of a path: everything but letters, digits and `-_.~` is escaped, slashes too unless they are kept.</summary>
    internal static string Escape(string text, bool keepsSlashes)
    {
        var escaped = new StringBuilder();
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~' || (keepsSlashes && b == '/'))
                escaped.Append((char)b);
            else
                escaped.Append('%').Append(b.ToString("X2", null));
        }
        return escaped.ToString();
    }

    /// <summary>An address that is sent as it is written: `a//b` and `a/../b` are names of objects.</summary>
    internal static Uri Address(string text) => new(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}

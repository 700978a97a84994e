// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Clouds;

/// <summary>The environment's variables, as the program read them at its start. It has no text of its own: some of them are secrets.</summary>
public sealed class Surroundings(IReadOnlyDictionary<string, string> variables)
{
    private const long LargestFile = 1 << 20;

    /// <summary>Null where there is no home directory.</summary>
    public string? Home => Find("HOME");

    /// <summary>Null where it is not set, or empty.</summary>
    public string? Find(string variable) => variables.GetValueOrDefault(variable) is { Length: > 0 } value ? value : null;

    public bool IsTrue(string variable) => Find(variable) is "1" or "true" or "TRUE" or "True";

    /// <summary>A file that the environment or a configuration names: one that is not there is an error.</summary>
    internal static string ReadFile(string path, string named)
    {
        try
        {
            return new FileInfo(path).Length <= LargestFile
                ? File.ReadAllText(path)
                : throw DiagnosticRules.CloudRefused.Error($"`{path}`, which {named} names, is larger than {LargestFile} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.CloudRefused.Error($"`{path}`, which {named} names, cannot be read: {e.Message.TrimEnd('.')}", inner: e);
        }
    }

    /// <summary>A file in its usual place; null where it is not there.</summary>
    internal static string? FindFile(string path) => File.Exists(path) ? ReadFile(path, "its usual place") : null;
}

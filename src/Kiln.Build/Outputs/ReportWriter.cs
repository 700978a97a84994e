// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;

namespace Kiln.Build.Outputs;

/// <summary>Writes what a build reports of its image, after all else succeeded: who finds a digest finds the image.</summary>
internal sealed class ReportWriter(ImmutableArray<ImageReport> reports, TextUploader uploader)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Finds out before the build what could only fail after it.</summary>
    internal void Check()
    {
        foreach (ImageReport report in reports)
        {
            if (report.Address is { } address)
            {
                if (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback)
                    throw DiagnosticRules.OutputFailed.Error($"`{report.Flag}` would send its report in clear", hint: "give it an `https://` address, or a file");
                continue;
            }
            if (Directory.Exists(report.Place))
                throw DiagnosticRules.OutputFailed.Error($"`{report.Flag} {report.Place}` is a directory", hint: "name the file in it");
            string parent = Path.GetDirectoryName(report.Place)!;
            Write(report, () => Directory.CreateDirectory(parent, OwnerOnly));
        }
    }

    internal async Task WriteAsync(Image image, IReadOnlyList<ImageReference> destinations, CancellationToken cancellationToken)
    {
        foreach (ImageReport report in reports)
        {
            string text = ReportText.Of(report.Kind, image, destinations);
            if (report.Address is not { } address)
                Write(report, () => File.WriteAllText(report.Place, text));
            else if (await uploader.PutAsync(address, text, cancellationToken) is { } why)
                throw DiagnosticRules.OutputFailed.Error($"the report of `{report.Flag}` cannot be sent: {why}");
        }
    }

    private static void Write(ImageReport report, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.OutputFailed.Error($"`{report.Flag} {report.Place}` cannot be written: {e.Message.TrimEnd('.')}", inner: e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Outputs;

/// <summary>What a report says of the image.</summary>
public enum ReportKind
{
    /// <summary>`sha256:...`, without a line's end.</summary>
    Digest,

    /// <summary>`host/repository@sha256:...`, a line for each destination.</summary>
    Names,

    /// <summary>`host/repository:tag@sha256:...`, a line for each destination.</summary>
    TaggedNames,

    /// <summary>A JSON object in the words of BuildKit's `--metadata-file`.</summary>
    Metadata,

    /// <summary>`{"name":...,"digest":...}`, a line for each destination that the image was pushed to: what builders of Google Cloud Build leave in `$BUILDER_OUTPUT/images`.</summary>
    PushedImages,
}

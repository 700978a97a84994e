// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Cache.Entries;

/// <summary>An entry as a store has it.</summary>
/// <param name="Entry">The entry, without its parts.</param>
/// <param name="Saved">When it was put there: its age counts from then.</param>
/// <param name="Parts">The document with its parts.</param>
internal sealed record StoredEntry(CacheEntry Entry, Timestamp Saved, Descriptor Parts);

// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Kiln.Store;

[JsonSerializable(typeof(IReadOnlyList<DockerArchiveEntry>))]
internal sealed partial class StoreJson : JsonSerializerContext;

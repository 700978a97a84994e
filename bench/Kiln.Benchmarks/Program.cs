// SPDX-License-Identifier: Apache-2.0
using BenchmarkDotNet.Running;
using Kiln.Benchmarks.Dockerfile;

// dotnet run -c Release --project bench/Kiln.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(ParserBenchmark).Assembly).Run(args);

using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace OrtTrainer.Tests.RunReports;

/// <summary>Programs of C# that are compiled by the SDK's compiler against the libraries beside the tests.</summary>
internal static partial class CompiledProgram
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        """;

    /// <summary>What the compiler says against programs, of which each is made a method; empty for nothing. Skips the
    /// test where there is no compiler.</summary>
    public static string ErrorsOf(IReadOnlyList<string> programs)
    {
        using Compiled compiled = new("-target:library", [.. programs.Select(AsMethod)]);
        return compiled.Errors;
    }

    /// <summary>What a program prints. Skips the test where there is no compiler.</summary>
    public static string Run(string code)
    {
        using Compiled compiled = new("-target:exe", [code]);
        Assert.That(compiled.Errors, Is.Empty);
        File.Copy(
            Path.Combine(AppContext.BaseDirectory, "OrtTrainer.Tests.runtimeconfig.json"),
            Path.Combine(compiled.Folder, "program.runtimeconfig.json"));
        (int status, string output, string error) = Start(
            "dotnet", "exec", "--runtimeconfig", Path.Combine(compiled.Folder, "program.runtimeconfig.json"),
            "--depsfile", Path.Combine(AppContext.BaseDirectory, "OrtTrainer.Tests.deps.json"),
            "--additionalprobingpath", AppContext.BaseDirectory, compiled.Program);
        Assert.That(status, Is.Zero, error);
        return output;
    }

    private static string AsMethod(string program, int number)
    {
        string[] lines = program.Split('\n');
        string[] directives = [.. lines.TakeWhile(line => line.Length == 0 || Directive().IsMatch(line))];
        return string.Join('\n',
        [
            .. directives, $"static class Program{number} {{ static void Run() {{", .. lines[directives.Length..],
            "} }",
        ]);
    }

    [GeneratedRegex(@"^using [\w.]+;$")]
    private static partial Regex Directive();

    private static (int Status, string Output, string Error) Start(string program, params string[] arguments) =>
        NodePrograms.Start(".", program, arguments)
        ?? throw new InvalidOperationException($"{program} is not there.");

    private static string Compiler()
    {
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        string sdks = Path.Combine(root, "sdk");
        string? found = Directory.Exists(sdks)
            ? Directory.EnumerateDirectories(sdks).Select(sdk => Path.Combine(sdk, "Roslyn", "bincore", "csc.dll"))
                .LastOrDefault(File.Exists)
            : null;
        if (found is null)
        {
            Assert.Ignore($"There is no compiler below {sdks}; this test compiles a program.");
        }

        return found!;
    }

    private sealed class Compiled : IDisposable
    {
        public Compiled(string target, IReadOnlyList<string> sources)
        {
            foreach ((int number, string source) in sources.Append(Usings).Index())
            {
                File.WriteAllText(Path.Combine(Folder, $"{number}.cs"), source);
            }

            IEnumerable<string> libraries = Directory
                .EnumerateFiles(RuntimeEnvironment.GetRuntimeDirectory(), "System*.dll")
                .Append(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "netstandard.dll"))
                .Concat(Directory.EnumerateFiles(AppContext.BaseDirectory, "OrtTrainer*.dll"))
                .Where(IsManaged);
            string[] arguments =
            [
                "exec", Compiler(), "-nologo", "-langversion:latest", "-nullable:enable", target,
                $"-out:{Program}", .. libraries.Select(library => $"-r:{library}"), Path.Combine(Folder, "*.cs"),
            ];
            (int status, string output, string error) = Start("dotnet", arguments);
            Errors = status == 0 ? "" : output + error;
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("program").FullName;

        public string Program => Path.Combine(Folder, "program.dll");

        public string Errors { get; }

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        private static bool IsManaged(string file)
        {
            try
            {
                _ = System.Reflection.AssemblyName.GetAssemblyName(file);
                return !file.Contains("OrtTrainer.Tests.dll", StringComparison.Ordinal);
            }
            catch (BadImageFormatException)
            {
                return false;
            }
        }
    }
}

using System.Diagnostics;
using OrtTrainer.Tests.Runtime.Cuda;

namespace OrtTrainer.Tests.Models;

/// <summary>This assembly as a program that holds models to their references on a device.</summary>
public sealed class GoldenDeviceTests
{
    [Test]
    public void Models_on_another_device_are_those_of_the_reference()
    {
        (int code, string output) = Start(SimulatedDevice.Word, "15");

        Assert.That(output, Does.Match(@"[1-9][0-9]* passed, 0 failed, [0-9]+ skipped on simulated"));
        Assert.That(code, Is.Zero, output);
    }

    private static (int Code, string Output) Start(params string[] words)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        ProcessStartInfo start =
            new(host, ["exec", typeof(GoldenDevice).Assembly.Location, GoldenDevice.Word, .. words])
            {
                RedirectStandardOutput = true,
            };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}

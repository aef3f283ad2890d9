using NUnit.Framework.Api;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Runtime.Cuda;

namespace OrtTrainer.Tests.Models;

/// <summary>
/// The device that models are held to their references on. This assembly run as a program, <c>OrtTrainer.Tests goldens
/// cuda 120</c>, holds them on another one than the processors, without a test host: for a machine with a graphics card
/// and nothing else.
/// </summary>
internal static class GoldenDevice
{
    /// <summary>What asks this assembly for it.</summary>
    public const string Word = "goldens";

    private const string Tests =
        "<filter><class>OrtTrainer.Tests.Models.ModelGoldenTests</class></filter>";

    public static Device Current { get; private set; } = Device.Default;

    /// <summary>Runs the tests on a device, as many as the time allows, and prints what fails.</summary>
    /// <param name="name">The device.</param>
    /// <param name="seconds">The time.</param>
    /// <returns>0 where some passed and none failed.</returns>
    public static int Run(string name, double seconds)
    {
        Device.Unlisted = SimulatedDevice.Instance;
        try
        {
            Current = Device.Named(name);
        }
        catch (DeviceException missing)
        {
            Console.WriteLine(missing.Message);
            return 1;
        }

        NUnitTestAssemblyRunner runner = new(new DefaultTestAssemblyBuilder());
        runner.Load(typeof(GoldenDevice).Assembly, new Dictionary<string, object>());
        TestFilter filter = TestFilter.FromXml(Tests);
        int all = runner.CountTestCases(filter);
        Outcomes outcomes = new();
        runner.RunAsync(outcomes, filter);
        bool isWhole = runner.WaitForCompletion((int)TimeSpan.FromSeconds(seconds).TotalMilliseconds);
        if (!isWhole)
        {
            runner.StopRun();
            runner.WaitForCompletion(Timeout.Infinite);
        }

        int ran = outcomes.Passed + outcomes.Failed + outcomes.Skipped;
        Console.WriteLine(
            $"{outcomes.Passed} passed, {outcomes.Failed} failed, {outcomes.Skipped} skipped on {Current}"
            + (isWhole ? "." : $"; the time was over before the other {all - ran}."));
        return outcomes is { Passed: > 0, Failed: 0 } ? 0 : 1;
    }

    private sealed class Outcomes : ITestListener
    {
        public int Passed { get; private set; }

        public int Failed { get; private set; }

        public int Skipped { get; private set; }

        public void TestFinished(ITestResult result)
        {
            if (result.Test.IsSuite)
            {
                return;
            }

            switch (result.ResultState.Status)
            {
                case TestStatus.Passed:
                    Passed++;
                    break;
                case TestStatus.Skipped:
                    Skipped++;
                    break;
                default:
                    Failed++;
                    Console.WriteLine($"{result.Test.Name}: {result.Message}");
                    break;
            }
        }

        public void TestStarted(ITest test)
        {
        }

        public void TestOutput(TestOutput output)
        {
        }

        public void SendMessage(TestMessage message)
        {
        }
    }
}

using OrtTrainer.Graph;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

public sealed class ExecutionOptionsTests
{
    [Test]
    public void By_default_all_processors_run_the_kernels() =>
        Assert.That(new ExecutionOptions(), Is.EqualTo(new ExecutionOptions
        {
            IntraOpThreads = Environment.ProcessorCount,
            UseKernels = true,
            SpinWhileIdle = true,
            Device = Device.Named("cpu"),
        }));

    [TestCase(1)]
    [TestCase(1024)]
    public void Thread_counts_within_reason_are_taken(int threads) =>
        Assert.That(new ExecutionOptions { IntraOpThreads = threads }.IntraOpThreads, Is.EqualTo(threads));

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(1025)]
    [TestCase(int.MaxValue)]
    public void Other_thread_counts_are_refused_with_the_range(int threads) =>
        Assert.That(
            () => new ExecutionOptions { IntraOpThreads = threads },
            Throws.TypeOf<ArgumentOutOfRangeException>()
                .With.Message.StartsWith($"IntraOpThreads is {threads}; expected 1 to 1024."));

    [TestCase("")]
    [TestCase("CPU")]
    [TestCase("webgpu")]
    public void A_device_this_build_lacks_is_refused_by_name(string device) =>
        Assert.That(
            () => Device.Named(device),
            Throws.ArgumentException.With.Message.StartsWith(
                $"The device '{device}' is not in this build; it has cpu, cuda."));

    [Test]
    public void A_copy_is_checked_like_a_new_one() =>
        Assert.That(
            () => new ExecutionOptions() with { IntraOpThreads = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Idle_threads_that_sleep_compute_the_same_as_those_that_spin()
    {
        float[] x = Reference.Random(1, 50_000);
        byte[] model = new TestModel().Input("x", ElementType.Float, "N").Output("y", ElementType.Float)
            .Fused("Gelu", ["x"], ["y"]).Bytes();

        Assert.That(Run(spin: false), Is.EqualTo(Run(spin: true)));

        float[] Run(bool spin)
        {
            ExecutionOptions options = new() { IntraOpThreads = 2, SpinWhileIdle = spin };
            using GraphSession session = GraphSession.FromBytes(model, options);
            Assert.That(session.Options, Is.SameAs(options));
            using Binding binding = session.CreateBinding();
            binding.SetInput("x", x, [x.Length]);
            binding.BindOutput("y");
            binding.Run();
            return binding.Output("y").ToArray();
        }
    }
}

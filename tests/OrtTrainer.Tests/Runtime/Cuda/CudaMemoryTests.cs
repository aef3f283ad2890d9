using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cuda;
using OrtTrainer.Runtime.Cuda.Driver;

namespace OrtTrainer.Tests.Runtime.Cuda;

/// <summary>Memory of the driver, which a library in C stands in for.</summary>
[NonParallelizable]
public sealed class CudaMemoryTests
{
    private CudaContext _context = null!;

    [OneTimeSetUp]
    public void OpenDevice()
    {
        StandInDriver.Set(StandInDriver.OneCard);
        CudaDriver driver = CudaDriver.Load(StandInDriver.File).Driver!;
        _context = CudaContext.Open(driver, 0, "cuda");
    }

    [Test]
    public void Memory_is_zeroed_written_read_and_copied()
    {
        using CudaMemory memory = new(_context, "cuda", 10), other = new(_context, "cuda", 10);
        byte[] read = new byte[10];
        memory.Read(0, read);
        Assert.That(read, Is.All.Zero);

        memory.Write(3, [1, 2, 3]);
        other.CopyFrom(memory);
        memory.Clear();
        other.Read(2, read.AsSpan(0, 5));

        Assert.That(read.AsSpan(0, 5).ToArray(), Is.EqualTo(new byte[] { 0, 1, 2, 3, 0 }));
        memory.Read(0, read);
        Assert.That(read, Is.All.Zero);
        Assert.That(memory.IsHostMemory, Is.False);
    }

    [Test]
    public void Memory_that_is_not_there_is_told_with_what_is_free_and_what_to_lower()
    {
        using CudaMemory taken = new(_context, "cuda", 400_000_000);

        DeviceException refused = Assert.Throws<DeviceException>(
            () => new CudaMemory(_context, "cuda", 700_000_000).Dispose())!;

        Assert.That(refused.Message, Is.EqualTo(
            "cuda: 700.0 MB of memory are wanted, and 600.0 MB of 1.0 GB are free. Lower --batch-size (--accumulation "
            + "keeps the examples of a step) or --max-length, or end what else uses the device."));
    }

    [Test]
    public void A_run_that_cannot_fit_is_refused_with_its_peak_and_what_is_free()
    {
        using CudaMemory held = new(_context, "cuda", 400_000_000);

        DeviceException refused = Assert.Throws<DeviceException>(() => _context.RequireRoom(1_400_000_000))!;

        Assert.That(refused.Message, Is.EqualTo(
            "cuda: at its peak the run will hold about 1.4 GB: 1.0 GB of memory are wanted, and 600.0 MB of 1.0 GB are "
            + "free. Lower --batch-size (--accumulation keeps the examples of a step) or --max-length, or end what "
            + "else uses the device."));
        Assert.That(() => _context.RequireRoom(1_200_000_000), Throws.Nothing, "an estimate may be too large");
    }

    [Test]
    public void Freed_memory_is_free_again()
    {
        long before = _context.Memory().Free;
        CudaMemory memory = new(_context, "cuda", 1_000);
        Assert.That(_context.Memory().Free, Is.EqualTo(before - 1_000));

        memory.Dispose();

        Assert.That(_context.Memory().Free, Is.EqualTo(before));
    }
}

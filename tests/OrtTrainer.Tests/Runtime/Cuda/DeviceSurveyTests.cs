using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Runtime.Cuda.Nccl;

namespace OrtTrainer.Tests.Runtime.Cuda;

/// <summary>What the command <c>devices</c> and the option <c>--device</c> say of machines of several kinds.</summary>
public sealed class DeviceSurveyTests
{
    [Test]
    public void A_machine_without_a_driver_is_told_what_to_install()
    {
        (int code, string output, string error) = StandInDriver.RunWithout("devices");

        Assert.That((code, error), Is.EqualTo((0, "")));
        Assert.That(output, Does.Contain("\ncuda       cannot be used\n"));
        Assert.That(output, Does.Contain(
            "driver   missing: libcuda.so.1 is not found. Install NVIDIA's driver of version 580 or newer"));
        Assert.That(output, Does.StartWith("cpu        "));
    }

    [Test]
    public void A_driver_that_is_too_old_is_told_both_versions()
    {
        JsonObject cuda = Cuda(StandInDriver.OneCard, version: 12080);

        Assert.That(Need(cuda, "driver")["problem"]!.GetValue<string>(), Does.StartWith(
            "The driver is for CUDA 12.8; ONNX Runtime here is built with CUDA 13.0. Install NVIDIA's driver"));
    }

    [Test]
    public void A_card_that_CUDA_13_has_no_code_for_is_refused_with_its_capability()
    {
        JsonNode card = Cuda(StandInDriver.OldCard)["devices"]![0]!;

        Assert.That(card["problem"]!.GetValue<string>(), Is.EqualTo(
            "An old card has compute capability 7.0; CUDA 13 needs 7.5 (Turing) or more."));
        Assert.That(card["precisions"]!.AsArray(), Is.Empty);
    }

    [Test]
    public void Two_cards_have_names_memory_and_the_precisions_of_their_capability()
    {
        JsonArray cards = Cuda(StandInDriver.TwoCards)["devices"]!.AsArray();

        Assert.That(cards.Select(card => card!["name"]!.GetValue<string>()), Is.EqualTo(new[] { "cuda", "cuda:1" }));
        Assert.That(cards.Select(card => card!["hardware"]!.GetValue<string>()),
            Is.EqualTo(new[] { "A card", "A small card" }));
        Assert.That(cards.Select(card => card!["memory_bytes"]!.GetValue<long>()),
            Is.EqualTo(new[] { 150_000_000_000, 8_000_000_000 }));
        Assert.That(cards.Select(card => card!["free_bytes"]!.GetValue<long>()),
            Is.EqualTo(new[] { 150_000_000_000, 8_000_000_000 }));
        Assert.That(cards.Select(card => string.Join(' ', card!["precisions"]!.AsArray().Select(p => p!.ToString()))),
            Is.EqualTo(new[] { "fp32 tf32 bf16 fp16", "fp32 fp16" }));
    }

    [Test]
    public void Libraries_are_found_in_the_folder_that_is_named_and_missing_ones_with_their_packages()
    {
        using TemporaryFolder folder = new();
        _ = StandInDriver.File;
        StandInDriver.CompileEmpty(folder.File("libcurand.so.10"));

        JsonObject cuda = Cuda(StandInDriver.OneCard, libraries: folder.Path);

        Assert.That(Need(cuda, "curand")["found"]!.GetValue<string>(), Does.EndWith("libcurand.so.10"));
        Assert.That(Need(cuda, "curand")["problem"], Is.Null);
        if (Need(cuda, "cublas")["found"] is null)
        {
            Assert.That(Need(cuda, "cublas")["problem"]!.GetValue<string>(), Does.Contain(
                "libcublas.so.13 is not found. apt install libcublas-13-0 from NVIDIA's repository, or pip install "
                + "nvidia-cublas"));
        }
    }

    [Test]
    public void NCCL_is_listed_with_its_version_or_with_the_packages_that_have_it()
    {
        JsonNode found = Need(Cuda(StandInDriver.OneCard, libraries: StandInNccl.Folder), "nccl");
        JsonNode missing = Need(Cuda(StandInDriver.OneCard), "nccl");

        Assert.That(found["found"]!.GetValue<string>(), Does.EndWith("libnccl.so.2, NCCL 2.27.7"));
        Assert.That(found["problem"], Is.Null);
        if (missing["found"] is null)
        {
            Assert.That(missing["problem"]!.GetValue<string>(), Does.Contain(
                "apt install libnccl2 from NVIDIA's repository, or pip install nvidia-nccl-cu13"));
        }
    }

    [Test]
    public void A_run_on_a_device_that_is_missing_ends_in_one_line_and_writes_nothing()
    {
        using TemporaryFolder folder = new();

        (int code, string output, string error) =
            StandInDriver.RunWithout("finetune", "--device", "cuda", "--out", folder.File("out"));

        Assert.That((code, output), Is.EqualTo((1, "")));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(error, Does.StartWith("error: cuda: libcuda.so.1 is not found."));
        Assert.That(error, Does.Contain("see orttrainer devices"));
        Assert.That(Directory.Exists(folder.File("out")), Is.False);
    }

    [Test]
    public void A_device_that_nobody_knows_is_bad_usage(
        [Values("finetune --device gpu", "bench --model {0} --full-length 8 --device gpu")] string words)
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.Path);

        (int code, _, string error) =
            StandInDriver.RunWithout([.. words.Split(' ').Select(word => word.Replace("{0}", folder.Path))]);

        Assert.That((code, error.TrimEnd()), Is.EqualTo(
            (2, "error: The device 'gpu' is not in this build; it has cpu, cuda.")));
    }

    [Test]
    public void A_number_that_is_too_high_is_told_how_many_there_are()
    {
        (int code, _, string error) = StandInDriver.Run(
            StandInDriver.TwoCards, 13000, null, "finetune", "--device", "cuda:2");

        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.StartWith("error: cuda:2: "));
    }

    [Test]
    public void The_processors_are_checked_against_themselves()
    {
        (int code, string output, string error) = StandInDriver.RunWithout("devices", "--check", "cpu");

        Assert.That((code, error), Is.EqualTo((0, "")));
        Assert.That(output, Does.StartWith("copies             fine   0.0E+0 of the largest number apart"));
        Assert.That(output.TrimEnd().Split('\n'), Has.Length.EqualTo(12));
    }

    [Test]
    public void A_run_is_not_moved_to_a_device_that_cannot_be_used()
    {
        using TemporaryFolder folder = new();
        string written = new FineTuneOptions
        {
            Model = folder.Path, Output = folder.File("out"), Data = new DataOptions { Train = "train.tsv" },
        }.ToJson().ToJsonString();
        string options = folder.Write("out/run/options.json", written);

        (int code, _, string error) =
            StandInDriver.RunWithout("finetune", "--resume", folder.File("out"), "--device", "cuda");

        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.StartWith("error: cuda: libcuda.so.1 is not found."));
        Assert.That(File.ReadAllText(options), Is.EqualTo(written));
    }

    private static JsonObject Cuda(string devices, int version = 13000, string? libraries = null)
    {
        (int code, string output, string error) =
            StandInDriver.Run(devices, version, libraries, "devices", "--json");
        Assert.That((code, error), Is.EqualTo((0, "")));
        return JsonSerializer.Deserialize<JsonArray>(output)!.Select(kind => kind!.AsObject())
            .Single(kind => kind["kind"]!.GetValue<string>() == "cuda");
    }

    private static JsonNode Need(JsonObject survey, string name) =>
        survey["needs"]!.AsArray().Single(need => need!["name"]!.GetValue<string>() == name)!;
}

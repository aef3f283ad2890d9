using System.Diagnostics;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Packs;
using OrtTrainer.Randomness;
using OrtTrainer.Tests.Export.Edge;
using OrtTrainer.Tests.Reports;

namespace OrtTrainer.Tests.Packs;

/// <summary>Power that is cut while a checkpoint is written: a process that is killed leaves one that can be read.
/// </summary>
public sealed class PackKillTests
{
    private const int Kills = 50;

    [Test]
    public void The_program_leaves_a_readable_checkpoint_50_of_50_times()
    {
        using TinyPack tiny = new();
        string pack = tiny.Write();

        int alive = KillAll(tiny, output => ChildPack.Start(pack, tiny.Train, output), line => line);

        int readable = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            if (new RunCheckpointStore(Output(tiny, kill)).TryLoadLatest(out RunCheckpointFile? file, out _))
            {
                using (file)
                {
                    readable += long.Parse(file.State["step"]) >= 2 ? 1 : 0;
                }
            }
        }

        Assert.That((alive, readable), Is.EqualTo((Kills, Kills)), "alive when killed, and readable afterwards");
    }

    [Test]
    public void Node_leaves_a_readable_slot_50_of_50_times()
    {
        using TinyPack tiny = new();
        string pack = tiny.Write();
        // Also sees to it that the packages are there.
        Assert.That(
            EdgeClient.Answers(EdgeClient.Run(
                ["train-ort.mjs", pack, "--train", tiny.Train, "--steps", "2", "--out", tiny.File("first")])),
            Has.Length.EqualTo(3));

        int alive = KillAll(
            tiny, output => NodePrograms.StartProcess(EdgeClient.Folder, "node",
            [
                "train-ort.mjs", pack, "--train", tiny.Train, "--epochs", "100000", "--batch-size", "4",
                "--checkpoint-every", "1", "--threads", "1", "--out", output,
            ]),
            line => $"{JsonNode.Parse(line)!["step"]}");

        JsonObject[] found = EdgeClient.Answers(EdgeClient.Run(
        [
            "--input-type=module", "-e", """
                import { existsSync, readFileSync } from "node:fs";
                import { Checkpoints } from "./training/checkpoint.mjs";
                for (const folder of process.argv.slice(1)) {
                  const path = name => `${folder}/${name}`;
                  const read = async name => existsSync(path(name)) ? new Uint8Array(readFileSync(path(name))) : null;
                  console.log(JSON.stringify({ step: (await new Checkpoints(read).newest())?.header.step ?? 0 }));
                }
                """,
            .. Enumerable.Range(0, Kills).Select(kill => Output(tiny, kill)),
        ]));
        Assert.That(
            (alive, found.Count(line => (int)line["step"]! >= 1)), Is.EqualTo((Kills, Kills)),
            "alive when killed, and readable afterwards");
    }

    /// <summary>Of MiniLM's last layer a checkpoint has some 30 MB, and a browser is killed once it begins to write
    /// one.</summary>
    [Test]
    public void The_page_leaves_a_readable_checkpoint_5_of_5_times()
    {
        Browser.Require();
        using TinyPack tiny = new();
        PackWriter.Write(
            tiny.Options with
            {
                Graphs = tiny.Options.Graphs with { Model = SharedFiles.SharedPath("models", "all-MiniLM-L6-v2") },
                Frozen = FrozenPrecision.Int8,
            },
            tiny.File("pack"));

        JsonObject[] kills = EdgeClient.Answers(EdgeClient.Run(
            ["page/kill.mjs", tiny.File("pack"), "--typed", tiny.Typed(), "--batch", "12", "--kills", "5"],
            ofPage: true));

        Assert.That(kills, Has.Length.EqualTo(5));
        foreach (JsonObject kill in kills)
        {
            // A step is told of before its checkpoint is written, and the one before it is on the disk then.
            Assert.That((int)kill["resumed"]!, Is.GreaterThanOrEqualTo((int)kill["seen"]! - 1), kill.ToJsonString());
            Assert.That((int)kill["slots"]!, Is.InRange(1, 2), kill.ToJsonString());
        }
    }

    private static string Output(TinyPack tiny, int kill) => tiny.File($"out{kill}");

    /// <summary>Kills 50 processes some time after their third step; how many were alive.</summary>
    private static int KillAll(TinyPack tiny, Func<string, Process> start, Func<string, string> stepOf)
    {
        SeededRandom random = new(50);
        int[] delays = [.. Enumerable.Range(0, Kills).Select(_ => random.NextInt(20_000))];
        int alive = 0;
        Parallel.For(0, Kills, new ParallelOptions { MaxDegreeOfParallelism = 4 }, kill =>
        {
            using Process child = start(Output(tiny, kill));
            while (child.StandardOutput.ReadLine() is { } line && int.Parse(stepOf(line)) < 3)
            {
                // Two checkpoints are there once the third step is done.
            }

            Thread.Sleep(TimeSpan.FromMicroseconds(delays[kill]));
            Interlocked.Add(ref alive, child.HasExited ? 0 : 1);
            child.Kill();
            child.WaitForExit();
        });
        return alive;
    }
}

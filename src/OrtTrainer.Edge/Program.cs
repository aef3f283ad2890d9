using OrtTrainer.Edge;

return await EdgeCommand.RunAsync(args);

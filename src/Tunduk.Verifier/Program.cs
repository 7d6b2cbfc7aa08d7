using Tunduk.Verifier;

return await VerifyCommand.Create().Parse(args).InvokeAsync();

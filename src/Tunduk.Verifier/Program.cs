using System.CommandLine;
using Tunduk.Verifier;

const int notOk = 1;
try
{
    return await VerifyCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or OperationCanceledException)
{
    try
    {
        Console.Error.WriteLine(exception.Message);
    }
    catch (IOException)
    {
        // The exit code says it.
    }

    return notOk;
}

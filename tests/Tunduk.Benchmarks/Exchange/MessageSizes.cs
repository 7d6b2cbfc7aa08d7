using System.Net.Http.Headers;
using System.Text;
using Tunduk.Adapter.Tests.Processes;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>How long the messages of a run are, from what the run itself archived and answered.</summary>
internal sealed record MessageSizes(HopSizes Consumer, HopSizes Provider)
{
    public static async Task<MessageSizes> ReadAsync(ProcessWorld world, PersonClient client)
    {
        var (_, answer) = await client.AskAsync();
        var (request, response) = ArchiveRows.EnvelopeSizes(world.ConfigurationOf(ProcessWorld.ConsumerSide));
        using var http = new HttpClient();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes($$$"""{"request":{"pin":"{{{client.Pin}}}"}}"""));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var register = await http.PostAsync(new Uri(world.Register["address"], "getPerson"), content);
        var registerAnswer = (await register.Content.ReadAsByteArrayAsync()).Length;
        return new MessageSizes(
            new HopSizes(client.RequestBytes, answer, request, response),
            new HopSizes(request, response, client.RequestBytes, registerAnswer));
    }
}

using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Adapter.Sandbox.Register;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>The consumer's information system: asks for persons and remembers everything it was shown.</summary>
internal sealed class InformationSystem(ProcessWorld world) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(2) };
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> callers = [];
    private int ok;

    /// <summary>The invented persons it may ask for.</summary>
    public IReadOnlyList<InventedPerson> Persons { get; } = InventedPopulation.Invent(DemonstrationRegister.Population);

    public ConcurrentQueue<ShownAnswer> Shown { get; } = new();

    /// <summary>How many persons it has been shown.</summary>
    public int Ok => Volatile.Read(ref ok);

    /// <summary>One request under a message id.</summary>
    public async Task<ShownAnswer> AskAsync(string messageId, InventedPerson person)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, world.GetPerson);
        request.Content = new StringContent($$$"""{"request":{"pin":"{{{person.Pin}}}"}}""", Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Folders.ApiKey);
        request.Headers.Add("X-Road-Id", messageId);
        request.Headers.Add("X-Road-UserId", "KG20000000000001");
        request.Headers.Add("X-Road-Issue", "loan-scoring application 2026-00017");
        ShownAnswer shown;
        try
        {
            using var response = await http.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            var record = response.Headers.TryGetValues("X-Tunduk-Record", out var values) ? values.First() : null;
            shown = new ShownAnswer(messageId, (int)response.StatusCode, record, body);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            shown = new ShownAnswer(messageId, 0, null, "");
        }

        Shown.Enqueue(shown);
        if (shown.IsOk)
        {
            Interlocked.Increment(ref ok);
        }

        return shown;
    }

    /// <summary>Begins a closed loop of so many callers, each request with an id of its own.</summary>
    public void BeginLoad(int concurrency)
    {
        for (var i = 0; i < concurrency; i++)
        {
            callers.Add(Task.Run(LoadAsync));
        }
    }

    /// <summary>Waits until so many more persons were shown.</summary>
    public async Task WaitForAsync(int more)
    {
        var wanted = Ok + more;
        await Poll.UntilAsync(() => Ok >= wanted, $"{more} more answers");
    }

    /// <summary>Ends the load; requests under way are answered first.</summary>
    public async Task EndLoadAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(callers);
    }

    public void Dispose()
    {
        stop.Dispose();
        http.Dispose();
    }

    private async Task LoadAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            var shown = await AskAsync(Guid.NewGuid().ToString(), Persons[RandomNumberGenerator.GetInt32(Persons.Count)]);
            if (shown.Status == 0)
            {
                // Nobody listens while the adapter is down.
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }
}

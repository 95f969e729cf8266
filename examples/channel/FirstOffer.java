import java.io.FileReader;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes one offer; what becomes of it stands on the channel's topic of receipts. */
public class FirstOffer {
    public static void main(String[] args) throws Exception {
        Properties channel = new Properties();
        try (FileReader file = new FileReader("channel.properties", StandardCharsets.UTF_8)) {
            channel.load(file);
        }
        // acks=all, idempotence and murmur2 by key are what the client does by itself.
        String number = "java-1";
        var offer = new ProducerRecord<>(channel.getProperty("topic"), number, """
            {"contact": {"name": "K. Muster", "phone": "0211 5550118"},
             "details": {"kind": "housing", "dwelling": "room", "beds": 1}}
            """);
        header(offer, "ce_specversion", "1.0");
        header(offer, "ce_id", number);
        header(offer, "ce_source", channel.getProperty("source"));
        header(offer, "ce_type", "offer.submitted.v1");
        header(offer, "ce_subject", number);
        header(offer, "content-type", "application/json");
        var text = new StringSerializer();
        try (var producer = new KafkaProducer<>(channel, text, text)) {
            var report = producer.send(offer).get();
            System.out.println("The bus has it: partition " + report.partition());
        }
    }

    static void header(ProducerRecord<String, String> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}

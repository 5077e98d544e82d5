import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

/**
 * Asks like Spring's ReplyingKafkaTemplate, on Kafka's own client: the same headers with the same bytes, replies on one
 * partition of a topic of its own, read with read_committed and told apart by kafka_correlationId. Its jobs are
 * published in a transaction; another one, with a job and a forged reply, is aborted before.
 *
 * ReplyingClient BROKERS JOBS REPLIES PARTITION DEAD_LETTERS
 */
class ReplyingClient {
    static final int JOBS = 20;
    static final Duration POLL = Duration.ofSeconds(1);
    static final long LIMIT_MILLIS = 60_000;

    public static void main(String[] args) throws Exception {
        String brokers = args[0], jobs = args[1], deadLetters = args[4];
        var replies = new TopicPartition(args[2], Integer.parseInt(args[3]));
        Map<String, Object> producing = Map.of("bootstrap.servers", brokers, "transactional.id", jobs + "-client");
        try (var producer = new KafkaProducer<>(producing, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            Map<ByteBuffer, String> pending = new HashMap<>();

            // What is aborted: a job, and a reply to a job that is asked later.
            byte[] first = correlationId();
            producer.beginTransaction();
            producer.send(job("aborted", jobs, replies, correlationId()));
            var forged = new ProducerRecord<>(replies.topic(), replies.partition(), "key", "forged");
            forged.headers().add("kafka_correlationId", first);
            producer.send(forged);
            producer.flush();
            producer.abortTransaction();

            producer.beginTransaction();
            for (int number = 0; number < JOBS; number++) {
                byte[] id = number == 0 ? first : correlationId();
                pending.put(ByteBuffer.wrap(id), "job-" + number);
                producer.send(job("job-" + number, jobs, replies, id));
            }
            var broken = producer.send(new ProducerRecord<>(jobs, "broken", "no job"));
            producer.commitTransaction();

            takeReplies(consumer(brokers, replies), pending);
            var partitions = producer.partitionsFor(deadLetters).stream()
                .map(partition -> new TopicPartition(deadLetters, partition.partition()));
            takeDeadLetter(consumer(brokers, partitions.toArray(TopicPartition[]::new)), broken.get());
        }
    }

    static byte[] correlationId() {
        var id = UUID.randomUUID();
        var bytes = ByteBuffer.allocate(16);
        return bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).array();
    }

    static ProducerRecord<String, String> job(String name, String topic, TopicPartition replies, byte[] correlationId) {
        var value = "{\"job_id\":\"" + name + "\",\"application_id\":\"580000010\"}";
        var record = new ProducerRecord<>(topic, name, value);
        record.headers().add("kafka_replyTopic", replies.topic().getBytes());
        record.headers().add("kafka_replyPartition", ByteBuffer.allocate(4).putInt(replies.partition()).array());
        record.headers().add("kafka_correlationId", correlationId);
        record.headers().add("__TypeId__", "com.example.Job".getBytes());
        return record;
    }

    static KafkaConsumer<String, String> consumer(String brokers, TopicPartition... partitions) {
        Map<String, Object> settings = Map.of("bootstrap.servers", brokers, "isolation.level", "read_committed");
        var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        consumer.assign(List.of(partitions));
        consumer.seekToBeginning(List.of(partitions));
        return consumer;
    }

    static void takeReplies(KafkaConsumer<String, String> consumer, Map<ByteBuffer, String> pending) {
        long end = System.currentTimeMillis() + LIMIT_MILLIS;
        try (consumer) {
            while (!pending.isEmpty()) {
                require(System.currentTimeMillis() < end, "no reply to " + pending.values());
                for (var record : consumer.poll(POLL)) {
                    var header = record.headers().lastHeader("kafka_correlationId");
                    require(header != null, "a reply without correlation id: " + record);
                    String job = pending.remove(ByteBuffer.wrap(header.value()));
                    require(job != null, "a reply to nothing that was asked: " + record);
                    require(record.key().equals(job), "another key than " + job + ": " + record);
                    String name = "\"job_id\":\"" + job + "\"";
                    require(record.value().contains(name), "no reply to " + job + ": " + record);
                    require(record.headers().lastHeader("__TypeId__") == null, "a type that is not the reply's");
                }
            }
        }
        System.out.println(JOBS + " replies");
    }

    static void takeDeadLetter(KafkaConsumer<String, String> consumer, RecordMetadata broken) {
        long end = System.currentTimeMillis() + LIMIT_MILLIS;
        try (consumer) {
            var records = consumer.poll(POLL);
            while (records.isEmpty()) {
                require(System.currentTimeMillis() < end, "no dead letter");
                records = consumer.poll(POLL);
            }
            var letter = records.iterator().next();
            require(letter.key().equals("broken") && letter.value().equals("no job"), "changed: " + letter);
            require(new String(header(letter, "original-topic").array()).equals(broken.topic()), "topic");
            require(header(letter, "original-partition").getInt() == broken.partition(), "partition");
            require(header(letter, "original-offset").getLong() == broken.offset(), "offset");
            require(header(letter, "original-timestamp").getLong() == broken.timestamp(), "timestamp");
            require(header(letter, "exception-message").remaining() > 0, "message");
            System.out.println("1 dead letter");
        }
    }

    static ByteBuffer header(ConsumerRecord<?, ?> record, String name) {
        return ByteBuffer.wrap(record.headers().lastHeader("kafka_dlt-" + name).value());
    }

    static void require(boolean condition, String otherwise) {
        if (!condition) throw new IllegalStateException(otherwise);
    }
}

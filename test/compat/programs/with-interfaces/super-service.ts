export interface SuperService {
  answer(): string;
}
